/* NVRTC without CUDA, to be found as libnvrtc.so.12: compiles CUDA C++ by the host's g++ for
 * tests/faults/cuda.c. What an option of CUDA's leaves to the compiler it does, as NVRTC would:
 * multiply-adds are fused without --fmad=false, and subnormal numbers are kept without --ftz=true.
 *
 *     NVRTC=NAME:N  the Nth call of function NAME (from 1) fails, as those of it after that
 *     NVRTC=bad     the source has a mistake
 * VERSION (12040) and NEWEST (90), its version and the last capability that it knows, are the
 * compiler's. Each kernel KERNEL(name, arguments) gets a function launch_name() that loops. */
#define _GNU_SOURCE
#include "fake_cuda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION 12040
#endif
#ifndef NEWEST
#define NEWEST 90
#endif

enum { COMPILATION = 6, INVALID_OPTION = 5 };

struct nvrtc_program {
    const char *source;
    char log[1000];
    struct image *image;
};

static int fails(const char *name, int *calls)
{
    const char *given = getenv("NVRTC"), *colon = given ? strchr(given, ':') : NULL;

    ++*calls;
    return colon && strncmp(given, name, (size_t)(colon - given)) == 0 &&
           name[colon - given] == 0 && *calls >= atoi(colon + 1);
}

/* Begins a function; the braces of its body follow. */
#define CALL(name, parameters, arguments)                                                          \
    static int do_##name parameters;                                                               \
    int name parameters;                                                                           \
    int name parameters                                                                            \
    {                                                                                              \
        static int calls;                                                                          \
                                                                                                   \
        return fails(#name, &calls) ? 11 : do_##name arguments;                                    \
    }                                                                                              \
    static int do_##name parameters

CALL(nvrtcVersion, (int *major, int *minor), (major, minor))
{
    *major = VERSION / 1000;
    *minor = VERSION % 1000 / 10;
    return 0;
}

CALL(nvrtcGetNumSupportedArchs, (int *count), (count))
{
    *count = 2;
    return 0;
}

CALL(nvrtcGetSupportedArchs, (int *list), (list))
{
    list[0] = 52;
    list[1] = NEWEST;
    return 0;
}

CALL(nvrtcCreateProgram,
     (nvrtc_program * program, const char *source, const char *name, int headers,
      const char *const *texts, const char *const *names),
     (program, source, name, headers, texts, names))
{
    if (headers || texts || names || !*name)
        return INVALID_OPTION;
    *program = calloc(1, sizeof **program);
    (*program)->source = source;
    return 0;
}

/* What CUDA C++ has before the first line. */
static const char prologue[] =
    "#include <cmath>\n"
    "#include <cstring>\n"
    "using std::sqrt; using std::fabs; using std::fmin; using std::fmax; using std::floor;\n"
    "#define __CUDACC_RTC__ 1\n"
    "#define __global__ inline\n"
    "struct place { unsigned x, y; };\n"
    "static thread_local place blockIdx, blockDim, threadIdx;\n"
    "static thread_local bool waited;\n"
    "static inline void __syncthreads() { if (!waited) throw 0; }\n"
    "static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }\n"
    "static inline long long __double_as_longlong(double x)\n"
    "{ long long bits; memcpy(&bits, &x, sizeof x); return bits; }\n"
    "static inline double __longlong_as_double(long long bits)\n"
    "{ double x; memcpy(&x, &bits, sizeof x); return x; }\n"
    "static inline unsigned __float_as_uint(float x)\n"
    "{ unsigned bits; memcpy(&bits, &x, sizeof x); return bits; }\n"
    "static inline float __uint_as_float(unsigned bits)\n"
    "{ float x; memcpy(&x, &bits, sizeof x); return x; }\n";

#define ALL                                                                                        \
    "m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11], m[12], m[13], "     \
    "m[14], m[15]"

/* A loop over all items of a kernel, in an order that differs from theirs. Where a block's wait for
 * each other all do what comes before, and then all again and what comes after it. */
static void write_launch(FILE *file, const char *name, const char *arguments)
{
    fprintf(file,
            "extern \"C\" void launch_%s(const void *memory, const void *arguments,\n"
            "    unsigned blocks, unsigned sides, unsigned threads)\n"
            "{\n"
            "    struct %s a;\n"
            "    unsigned char *m[16];\n"
            "    FLUSH_BEGIN\n"
            "    memcpy(&a, arguments, sizeof a);\n"
            "    memcpy(m, memory, sizeof m);\n"
            "    blockDim.x = threads;\n"
            "    for (unsigned block = blocks * sides; block-- > 0;) {\n"
            "        bool wait = false;\n"
            "        blockIdx.x = block / sides;\n"
            "        blockIdx.y = block %% sides;\n"
            "        for (threadIdx.x = 0; threadIdx.x < threads; threadIdx.x++)\n"
            "            try { %s(" ALL ", a); } catch (int) { wait = true; }\n"
            "        waited = true;\n"
            "        for (threadIdx.x = 0; wait && threadIdx.x < threads; threadIdx.x++)\n"
            "            %s(" ALL ", a);\n"
            "        waited = false;\n"
            "    }\n"
            "    FLUSH_END\n"
            "}\n",
            name, arguments, name, name);
}

/* The processor's own mode of subnormal numbers, for the time of a kernel. */
static const char flush[] =
    "#if defined(FTZ) && defined(__x86_64__)\n"
    "#define FLUSH_BEGIN unsigned kept = __builtin_ia32_stmxcsr(); "
    "__builtin_ia32_ldmxcsr(kept | 0x8040);\n"
    "#define FLUSH_END __builtin_ia32_ldmxcsr(kept);\n"
    "#elif defined(FTZ) && defined(__aarch64__)\n"
    "#define FLUSH_BEGIN unsigned long kept; __asm__ volatile(\"mrs %0, fpcr\" : \"=r\"(kept)); "
    "__asm__ volatile(\"msr fpcr, %0\" : : \"r\"(kept | 1 << 24));\n"
    "#define FLUSH_END __asm__ volatile(\"msr fpcr, %0\" : : \"r\"(kept));\n"
    "#else\n"
    "#define FLUSH_BEGIN\n"
    "#define FLUSH_END\n"
    "#endif\n";

static int write_source(const char *path, const char *source)
{
    FILE *file = fopen(path, "w");
    const char *bad = getenv("NVRTC");

    if (!file)
        return -1;
    fprintf(file, "%s#line 1\n%s\n%s%s", prologue, source,
            bad && strcmp(bad, "bad") == 0 ? "mistake\n" : "", flush);
    for (const char *at = source; (at = strstr(at, "\nKERNEL(")); at++) {
        char name[64], arguments[64];

        if (sscanf(at, " KERNEL(%63[^,], %63[^)])", name, arguments) == 2)
            write_launch(file, name, arguments);
    }
    return fclose(file);
}

/* Reads a whole file behind an image's head. */
static struct image *read_image(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    struct image *image = NULL;

    if (file && fstat(fileno(file), &info) == 0)
        image = calloc(1, sizeof *image + (size_t)info.st_size);
    if (image) {
        image->bytes = (uint64_t)info.st_size;
        if (fread(image + 1, 1, image->bytes, file) != image->bytes)
            abort();
    }
    if (file)
        fclose(file);
    return image;
}

CALL(nvrtcCompileProgram, (nvrtc_program program, int count, const char *const *options),
     (program, count, options))
{
    const char *target = NULL, *compiler = getenv("CXX"), *flags = getenv("CXXFLAGS");
    int fmad = 1, ftz = 0, device = 0, status;
    char folder[] = "/tmp/nvrtc.XXXXXX", path[64], library[64], command[2000];
    FILE *log;

    for (int i = 0; i < count; i++)
        if (strncmp(options[i], "--gpu-architecture=", 19) == 0)
            target = options[i] + 19;
        else if (strcmp(options[i], "--fmad=false") == 0)
            fmad = 0;
        else if (strcmp(options[i], "--ftz=true") == 0)
            ftz = 1;
        else if (strcmp(options[i], "--device-as-default-execution-space") == 0)
            device = 1;
        else if (strcmp(options[i], "--prec-div=true") && strcmp(options[i], "--prec-sqrt=true"))
            return INVALID_OPTION;
    if (!target || !device || !mkdtemp(folder))
        return INVALID_OPTION;
    snprintf(path, sizeof path, "%s/kernels.cc", folder);
    snprintf(library, sizeof library, "%s/kernels.so", folder);
    snprintf(command, sizeof command,
             "%s -std=c++17 -O2 -w -shared -fPIC -fno-math-errno %s %s "
             "-ffp-contract=%s %s %s -o %s 2>&1",
             compiler && *compiler ? compiler : "g++",
#ifdef __x86_64__
             __builtin_cpu_supports("fma") ? "-mfma -mavx2" : "",
#else
             "",
#endif
             ftz ? "-DFTZ" : "", fmad ? "fast" : "off", flags ? flags : "", path, library);
    log = write_source(path, program->source) ? NULL : popen(command, "r");
    if (log)
        program->log[fread(program->log, 1, sizeof program->log - 1, log)] = 0;
    status = log ? pclose(log) : -1;
    program->image = status ? NULL : read_image(library);
    if (program->image) {
        memcpy(program->image->magic, IMAGE_MAGIC, sizeof program->image->magic);
        program->image->is_ptx = strncmp(target, "compute", 7) == 0;
        program->image->version = VERSION;
        program->image->capability = atoi(strchr(target, '_') + 1);
    }
    unlink(path);
    unlink(library);
    rmdir(folder);
    return program->image ? 0 : COMPILATION;
}

static int size_of(nvrtc_program program, int is_ptx, size_t *bytes)
{
    *bytes = program->image->is_ptx == is_ptx ? sizeof *program->image + program->image->bytes : 0;
    return 0;
}

static int copy(nvrtc_program program, char *to)
{
    memcpy(to, program->image, sizeof *program->image + program->image->bytes);
    return 0;
}

CALL(nvrtcGetCUBINSize, (nvrtc_program program, size_t *bytes), (program, bytes))
{
    return size_of(program, 0, bytes);
}

CALL(nvrtcGetCUBIN, (nvrtc_program program, char *to), (program, to))
{
    return copy(program, to);
}

CALL(nvrtcGetPTXSize, (nvrtc_program program, size_t *bytes), (program, bytes))
{
    return size_of(program, 1, bytes);
}

CALL(nvrtcGetPTX, (nvrtc_program program, char *to), (program, to))
{
    return copy(program, to);
}

CALL(nvrtcGetProgramLogSize, (nvrtc_program program, size_t *bytes), (program, bytes))
{
    *bytes = strlen(program->log) + 1;
    return 0;
}

CALL(nvrtcGetProgramLog, (nvrtc_program program, char *to), (program, to))
{
    strcpy(to, program->log);
    return 0;
}

CALL(nvrtcDestroyProgram, (nvrtc_program * program), (program))
{
    free((*program)->image);
    free(*program);
    *program = NULL;
    return 0;
}
