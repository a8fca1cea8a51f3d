"""Tests of the page: check_page.py FOLDER_OF_PAGES FOLDER_FOR_PICTURES."""
import sys

import page_access  # they add their tests to page_case.tests
import page_behaviour
import page_charts
import page_saving
from browser import Browser
from page_case import changing, tests


def main():
    failed = 0
    with Browser() as browser:
        browser.page = None
        for function in tests:
            try:
                function(browser)
                if function in changing:
                    browser.page = None
            except Exception as error:  # any failure is one failed test
                failed += 1
                browser.page = None
                print(f"FAIL {function.__name__}: {type(error).__name__}: {str(error)[:2000]}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
