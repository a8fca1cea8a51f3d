/* The page that bundle.sh made, as bytes within the program: page.html lies on the include path. */
    .section .rodata
    .global sq_page_html, sq_page_html_end
    .hidden sq_page_html, sq_page_html_end
    .balign 16
sq_page_html:
    .incbin "page.html"
sq_page_html_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
