"""The picture of a page for README.md: picture.py PAGE.html PICTURE.png, its summary and first chart at
a width that reads well within a text."""
import sys

from browser import Browser

with Browser() as browser:
    browser.open(sys.argv[1], 960)
    end = browser.run("document.querySelector('figure').getBoundingClientRect().bottom + scrollY")
    browser.screenshot(sys.argv[2], height=end + 16, quick=False)
