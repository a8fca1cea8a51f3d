/* A boot sector for an emulator: loads the program that follows it on the disk, turns on 64 bits and
 * every vector register that the processor has, and calls main(). No system: what main() prints goes
 * to Bochs's port 0xe9 (runtime.c). */
    .section .boot, "ax"
    .code16
    .globl start
start:
    cli
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov $0x7c00, %sp
    ljmp $0, $1f
1:  in $0x92, %al                   /* addresses above 1 MiB */
    or $2, %al
    out %al, $0x92
    mov $SECTOR_COUNT, %bx
    mov %dl, drive
read:                               /* 32 sectors of 512 bytes at a time */
    mov $packet, %si
    mov drive, %dl
    mov $0x42, %ah
    int $0x13
    jc failed
    addw $0x400, packet + 6         /* segment: 32 * 512 / 16 */
    addl $32, packet + 8
    sub $32, %bx
    ja read

    mov $0x1000, %edi               /* page tables: the first GiB, as it lies, in pages of 2 MiB */
    mov %edi, %cr3
    xor %eax, %eax
    mov $0xc00, %ecx
    rep stosl
    movl $0x2003, 0x1000
    movl $0x3003, 0x2000
    mov $0x3000, %edi
    mov $0x83, %eax
    mov $512, %ecx
2:  mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    loop 2b
    mov %cr4, %eax
    or $0x40620, %eax               /* PAE, SSE, its exceptions, XSAVE */
    mov %eax, %cr4
    mov $0xc0000080, %ecx
    rdmsr
    or $0x100, %eax                 /* long mode */
    wrmsr
    mov %cr0, %eax
    and $~0xc, %eax                 /* no emulated, no lazy FPU */
    or $0x80000003, %eax            /* paging, protection, monitor coprocessor */
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $8, $long_mode
failed:
    mov $0xe9, %dx
    mov $'!', %al
    out %al, %dx
    hlt

    .code64
long_mode:
    mov $16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    mov $__stack_top, %rsp
    mov $13, %eax                   /* the registers that XSAVE knows here */
    xor %ecx, %ecx
    cpuid
    and $0xe7, %eax                 /* x87, SSE, AVX, AVX-512 */
    xor %edx, %edx
    xor %ecx, %ecx
    xsetbv
    mov $__bss_start, %rdi
    mov $__bss_end, %rcx
    sub %rdi, %rcx
    xor %eax, %eax
    rep stosb
    mov $run, %rax
    call *%rax
3:  hlt
    jmp 3b

    .balign 8
gdt:
    .quad 0, 0x00209a0000000000, 0x0000920000000000
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt
drive:
    .byte 0
    .balign 4
packet:                             /* size, sectors, offset, segment, first sector */
    .byte 16, 0
    .word 32, 0, 0x1000
    .quad 1
    .org 510
    .word 0xaa55
