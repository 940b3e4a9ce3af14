/* The ROM of the emulated machine, in place of a BIOS: reads a Linux kernel and a RAM disk from the first
 * ATA disk and starts the kernel by the 32-bit boot protocol (Documentation/arch/x86/boot.rst). The disk
 * holds KERNEL_CHUNKS times 128 KiB for address KERNEL, then RAMDISK_CHUNKS times as much for PARAMETERS,
 * where struct boot_params lies in front of what it points to. */

#define KERNEL 0x100000
#define SECTORS 256 /* of a chunk: all that one command reads */
#define ROM 0xf0000

    .code16
    .globl start
start:
    cli
    lgdtl %cs:table_pointer - ROM
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $0x10, $protected

    .code32
protected:
    mov $0x18, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $0x7000, %esp
    cld
    xor %ebp, %ebp /* the chunk on the disk */
    mov $KERNEL, %edi
    mov $KERNEL_CHUNKS, %ebx
    call read_chunks
    mov $PARAMETERS, %edi
    mov $RAMDISK_CHUNKS, %ebx
    call read_chunks
    mov $PARAMETERS, %esi
    xor %ebp, %ebp
    xor %edi, %edi
    xor %ebx, %ebx
    mov $KERNEL, %eax
    jmp *%eax

/* Reads EBX chunks from chunk EBP on to EDI, and moves EBP and EDI on behind them. */
read_chunks:
    mov $0x1f2, %edx /* how many sectors: 0 is 256 */
    xor %eax, %eax
    outb %al, %dx
    inc %edx /* the first, bits 0-7: 0 */
    outb %al, %dx
    mov %ebp, %eax
    inc %edx
    outb %al, %dx
    mov %ah, %al
    inc %edx
    outb %al, %dx
    mov $0xe0, %al /* logical block addresses, the first disk */
    inc %edx
    outb %al, %dx
    mov $0x20, %al /* READ SECTORS */
    inc %edx
    outb %al, %dx
    mov $SECTORS, %esi
1:  inb %dx, %al
    and $0x88, %al /* busy, has data */
    cmp $0x08, %al
    jne 1b
    mov $0x1f0, %edx
    mov $256, %ecx
    rep insw
    mov $0x1f7, %edx
    dec %esi
    jnz 1b
    inc %ebp
    dec %ebx
    jnz read_chunks
    ret

    .balign 8
table:
    .quad 0, 0
    .quad 0x00cf9b000000ffff /* 0x10: code, all 4 GiB */
    .quad 0x00cf93000000ffff /* 0x18: data, likewise */
table_pointer:
    .word table_pointer - table - 1
    .long table

    .org 0xfff0 /* where the processor begins */
    .code16
    jmp start
    .org 0x10000
