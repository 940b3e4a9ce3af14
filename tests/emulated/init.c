/* The first process of the emulated machine: runs the commands of /commands one after another in
 * the folder /work, writes the files there to the disk, for whoever started the machine, and
 * switches it off.
 *
 * /commands has a word in each line, and an empty line after each command; words NAME=VALUE in
 * front of the program's name are its environment. Output goes to the console. On the disk, from
 * sector $results on: a line with the commands' exit statuses, then for each file a line "SIZE
 * NAME" and its bytes, and "0 .". */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    DISK = 0x1f0, /* ports of the first ATA controller */
    BUSY = 0x80,
    HAS_ROOM = 0x08,
    WRITE_SECTORS = 0x30,
    SECTOR = 512,
    CHUNK = 256 * SECTOR, /* the most that one command writes */
    SHUTDOWN = 0x8900,    /* a port of Bochs */
};

static unsigned char chunk[CHUNK];
static size_t chunk_used;
static unsigned long next_sector;

/* Ends the process, on which the kernel panics. */
static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void wait_for_disk(int wanted)
{
    while ((inb(DISK + 7) & (BUSY | wanted)) != wanted)
        continue;
}

/* No driver of the kernel knows of the disk. */
static void write_chunk(void)
{
    outb(0, DISK + 2); /* 256 sectors */
    outb((unsigned char)next_sector, DISK + 3);
    outb((unsigned char)(next_sector >> 8), DISK + 4);
    outb((unsigned char)(next_sector >> 16), DISK + 5);
    outb((unsigned char)(0xe0 | next_sector >> 24), DISK + 6);
    outb(WRITE_SECTORS, DISK + 7);
    for (int i = 0; i < CHUNK; i += SECTOR) {
        wait_for_disk(HAS_ROOM);
        outsw(DISK, chunk + i, SECTOR / 2);
    }
    wait_for_disk(0);
    next_sector += CHUNK / SECTOR;
    chunk_used = 0;
}

static void write_disk(const char *bytes, size_t size)
{
    while (size) {
        size_t part = CHUNK - chunk_used < size ? CHUNK - chunk_used : size;

        memcpy(chunk + chunk_used, bytes, part);
        chunk_used += part;
        bytes += part;
        size -= part;
        if (chunk_used == CHUNK)
            write_chunk();
    }
}

static void write_line(const char *text)
{
    write_disk(text, strlen(text));
    write_disk("\n", 1);
}

static void write_file(const char *name)
{
    static char bytes[CHUNK];
    char line[400];
    struct stat stat;
    ssize_t got;
    int file = open(name, O_RDONLY);

    if (file < 0 || fstat(file, &stat))
        fail(name);
    if (S_ISREG(stat.st_mode)) {
        snprintf(line, sizeof line, "%lld %s", (long long)stat.st_size, name);
        write_line(line);
        while ((got = read(file, bytes, sizeof bytes)) > 0)
            write_disk(bytes, (size_t)got);
    }
    close(file);
}

static void write_files(void)
{
    DIR *folder = opendir(".");
    const struct dirent *entry;

    if (!folder)
        fail("/work");
    while ((entry = readdir(folder)))
        write_file(entry->d_name);
    closedir(folder);
    write_line("0 .");
}

static int run(char **words)
{
    int status;
    pid_t child = fork();

    if (child < 0)
        fail("fork");
    if (child == 0) {
        for (; *words && strchr(*words, '='); words++)
            putenv(*words);
        if (*words)
            execv(*words, words);
        perror(*words ? *words : "no program");
        _exit(127);
    }
    if (waitpid(child, &status, 0) < 0)
        fail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run_commands(void)
{
    enum { MOST = 100 };
    char *words[MOST + 1], line[4096];
    size_t count = 0;
    FILE *commands = fopen("/commands", "r");

    if (!commands)
        fail("/commands");
    while (fgets(line, sizeof line, commands)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line && count < MOST) {
            words[count++] = strdup(line);
            continue;
        }
        words[count] = NULL;
        snprintf(line, sizeof line, "%d ", run(words));
        write_disk(line, strlen(line));
        count = 0;
    }
    fclose(commands);
    write_line("");
}

int main(void)
{
    const char *results = getenv("results");

    if (!results || iopl(3) || mount("none", "/proc", "proc", 0, NULL) ||
        mount("none", "/dev", "devtmpfs", 0, NULL) || mkdir("/dev/pts", 0755) ||
        mount("none", "/dev/pts", "devpts", 0, NULL) || chdir("/work"))
        fail("init");
    next_sector = strtoul(results, NULL, 10);
    run_commands();
    write_files();
    if (chunk_used)
        write_chunk();
    for (const char *letter = "Shutdown"; *letter; letter++)
        outb((unsigned char)*letter, SHUTDOWN);
    return 1;
}
