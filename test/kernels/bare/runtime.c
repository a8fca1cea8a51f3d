/* What the kernels' digests need of a C library, for an emulator that runs no system: memory is
 * taken and taken again, text goes to Bochs's port 0xe9, and the end of main() is the end of the
 * emulator. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAP_BYTES = 1 << 20 };

int main(int argc, char **argv);
void run(void);

static void out_byte(uint16_t port, char byte)
{
    __asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port));
}

static void put(char byte)
{
    out_byte(0xe9, byte);
}

static void put_text(const char *text)
{
    while (*text != '\0')
        put(*text++);
}

/* Of printf: %s and %016llx. */
int printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(*format);
        } else if (format[1] == 's') {
            put_text(va_arg(arguments, const char *));
            format++;
        } else {
            const uint64_t number = va_arg(arguments, unsigned long long);
            for (int shift = 60; shift >= 0; shift -= 4)
                put("0123456789abcdef"[number >> shift & 15]);
            format += 6;
        }
    }
    va_end(arguments);
    return 0;
}

void *memset(void *to, int byte, size_t n)
{
    void *at = to;
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(n) : "a"(byte) : "memory");
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    void *at = to;
    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(n) : : "memory");
    return to;
}

int strcmp(const char *a, const char *b)
{
    for (; *a != '\0' && *a == *b; a++, b++)
        ;
    return (unsigned char)*a - (unsigned char)*b;
}

unsigned long strtoul(const char *text, char **end, int base)
{
    unsigned long number = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        number = number * (unsigned long)base + (unsigned long)(*text - '0');
    (void)end;
    return number;
}

/* One buffer at a time is in use. */
int posix_memalign(void **out, size_t alignment, size_t n)
{
    static _Alignas(4096) char heap[HEAP_BYTES];
    *out = heap;
    return alignment <= 4096 && n <= HEAP_BYTES ? 0 : 12;
}

void free(void *block)
{
    (void)block;
}

long sysconf(int name)
{
    (void)name;
    return -1;
}

/* Bochs ends when this word comes to its port 0x8900. */
void exit(int status)
{
    static const char word[] = "Shutdown";
    put_text(status == 0 ? "done\n" : "failed\n");
    for (const char *at = word; *at != '\0'; at++)
        out_byte(0x8900, *at);
    for (;;)
        __asm__ volatile("hlt");
}

void __assert_fail(const char *what, const char *file, unsigned line, const char *function)
{
    (void)line, (void)function;
    printf("%s: %s does not hold\n", file, what);
    exit(1);
}

void run(void)
{
    static char name[] = "kernel_digests", cases[] = CASES;
    static char *argument[] = {name, cases, NULL};
    exit(main(2, argument));
}
