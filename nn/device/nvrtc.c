/* Compiles the kernels by NVRTC, CUDA's compiler as a library, wherever it is installed. */
#include "nvrtc.h"

#include "cuda.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Where it is ---- */

/* Opens the last library that a pattern fits, the one of the highest version; and before it what
 * NVRTC loads by its name alone, without a look where it lies itself. */
static void *open_fitting(const char *folder, const char *name)
{
    char pattern[1024];
    glob_t found;
    void *library = NULL;

    snprintf(pattern, sizeof pattern, "%s/libnvrtc-builtins.so.*", folder);
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            library_open(found.gl_pathv[i]);
    globfree(&found);
    snprintf(pattern, sizeof pattern, "%s/%s", folder, name);
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = found.gl_pathc; i-- > 0 && !library;)
            library = library_open(found.gl_pathv[i]);
    globfree(&found);
    return library;
}

/* Opens NVRTC of a major version of CUDA: where the loader looks, in CUDA's folders, and where pip
 * and conda put what PyTorch needs. */
static void *open_version(int major)
{
    static const struct {
        const char *variable, *folder; /* NULL: the folder alone */
    } places[] = {
        {"CUDA_HOME", "lib64"},
        {"CUDA_PATH", "lib64"},
        {NULL, "/usr/local/cuda/lib64"},
        {NULL, "/usr/local/cuda-*/lib64"},
        {"CONDA_PREFIX", "lib"},
        {"VIRTUAL_ENV", "lib/python3*/site-packages/nvidia/c*/lib"}, /* cuda_nvrtc, cu13 */
        {"CONDA_PREFIX", "lib/python3*/site-packages/nvidia/c*/lib"},
        {"HOME", ".local/lib/python3*/site-packages/nvidia/c*/lib"},
        {NULL, "/usr/local/lib/python3*/*-packages/nvidia/c*/lib"},
        {NULL, "/usr/lib/python3*/*-packages/nvidia/c*/lib"},
        {NULL, "/opt/conda/lib/python3*/site-packages/nvidia/c*/lib"},
        {NULL, "/opt/conda/lib"},
    };
    char name[32], folder[512];
    void *library;

    /* Those of CUDA 11 are of 11.2 from that version on. */
    snprintf(name, sizeof name, major > 11 ? "libnvrtc.so.%d" : "libnvrtc.so.%d.2", major);
    library = library_open(name);
    for (size_t i = 0; i < sizeof places / sizeof *places && !library; i++) {
        const char *variable = places[i].variable, *value = variable ? getenv(variable) : "";

        if (!value || (variable && !*value))
            continue;
        snprintf(folder, sizeof folder, "%s%s%s", value, variable ? "/" : "", places[i].folder);
        library = open_fitting(folder, name);
    }
    return library;
}

/* Loads it once. Drivers take what an NVRTC of their own major version of CUDA or of an earlier one
 * compiled, so one of a later version comes last. Returns NULL, the fault noted. */
static const struct nvrtc *load(struct nn_device *device, int version)
{
    enum { FIRST = 11, LAST = 13 };
    static const char *const names[] = {NVRTC_FUNCTIONS(CUDA_NAME) NULL};
    static struct nvrtc functions;
    static bool loaded;
    const int driver = version / 1000;
    void *library = NULL;
    const char *missing;

    if (loaded)
        return &functions;
    for (int major = driver; !library && major >= FIRST; major--)
        library = open_version(major);
    for (int major = driver + 1; !library && major <= LAST; major++)
        library = open_version(major);
    if (!library) {
        device_fail(device, NN_DEVICE_REFUSED,
                    "CUDA's compiler NVRTC is not found, libnvrtc.so.%d: pip install "
                    "nvidia-cuda-nvrtc%s has it, as PyTorch with CUDA has",
                    driver,
                    driver == 12   ? "-cu12"
                    : driver == 11 ? "-cu11"
                                   : "");
        return NULL;
    }
    missing = library_find(library, names, &functions);
    if (missing)
        device_fail(device, NN_DEVICE_REFUSED, "libnvrtc lacks %s of CUDA 11.2", missing);
    loaded = !missing;
    return loaded ? &functions : NULL;
}

/* ---- What it does ---- */

/* Returns the highest capability that NVRTC knows, up to the device's, or 0. */
static int known_capability(const struct nvrtc *nvrtc, int capability)
{
    int count = 0, best = 0, *list;

    if (nvrtc->nvrtcGetNumSupportedArchs(&count) || count <= 0)
        return 0;
    list = calloc((size_t)count, sizeof *list);
    if (list && !nvrtc->nvrtcGetSupportedArchs(list))
        for (int i = 0; i < count; i++)
            if (list[i] <= capability && list[i] > best)
                best = list[i];
    free(list);
    return best;
}

/* Notes that a call failed, with the first line of the program's log, if it has one. */
static void note(struct nn_device *device, const struct nvrtc *nvrtc, nvrtc_program program,
                 const char *call, int code)
{
    size_t size = 0;
    char *log = NULL;

    if (program && !nvrtc->nvrtcGetProgramLogSize(program, &size) && size > 0)
        log = calloc(1, size + 1);
    if (log && nvrtc->nvrtcGetProgramLog(program, log))
        *log = 0;
    if (log)
        log[strcspn(log, "\n")] = 0;
    device_fail(device, NN_DEVICE_REFUSED, "NVRTC cannot compile the kernels: %s says %d%s%s", call,
                code, log && *log ? ": " : "", log ? log : "");
    free(log);
}

/* Returns what was compiled: for the device itself, or for its driver to compile on. */
static char *take(struct nn_device *device, const struct nvrtc *nvrtc, nvrtc_program program,
                  bool binary, size_t *bytes)
{
    int code =
        binary ? nvrtc->nvrtcGetCUBINSize(program, bytes) : nvrtc->nvrtcGetPTXSize(program, bytes);
    char *image = code ? NULL : malloc(*bytes);

    if (image)
        code = binary ? nvrtc->nvrtcGetCUBIN(program, image) : nvrtc->nvrtcGetPTX(program, image);
    if (image && !code)
        return image;
    free(image);
    note(device, nvrtc, NULL, binary ? "nvrtcGetCUBIN" : "nvrtcGetPTX", code);
    return NULL;
}

char *nvrtc_compile(struct nn_device *device, int capability, int version, size_t *bytes, int *by)
{
    const struct nvrtc *nvrtc = load(device, version);
    const int known = nvrtc ? known_capability(nvrtc, capability) : 0;
    nvrtc_program program = NULL;
    char *image = NULL, target[40];
    /* Nothing is fused but what a kernel fuses, quotients and roots are rounded correctly, and
     * subnormal numbers are zero as they are on the processor, see nn/base/denormals.h. */
    const char *const options[] = {target,
                                   "--fmad=false",
                                   "--prec-div=true",
                                   "--prec-sqrt=true",
                                   "--ftz=true",
                                   "--device-as-default-execution-space"};
    int code, major = 0, minor = 0;

    if (!nvrtc)
        return NULL;
    nvrtc->nvrtcVersion(&major, &minor);
    *by = 10 * major + minor;
    if (!known) {
        device_fail(device, NN_DEVICE_REFUSED,
                    "NVRTC %d.%d knows no GPU of capability %d.%d: an earlier NVRTC may", major,
                    minor, capability / 10, capability % 10);
        return NULL;
    }
    snprintf(target, sizeof target, "--gpu-architecture=%s_%d",
             known == capability ? "sm" : "compute", known);
    code = nvrtc->nvrtcCreateProgram(&program, device_source, "csvnet.cu", 0, NULL, NULL);
    if (code)
        note(device, nvrtc, NULL, "nvrtcCreateProgram", code);
    else if ((code = nvrtc->nvrtcCompileProgram(program, sizeof options / sizeof *options,
                                                options)) != 0)
        note(device, nvrtc, program, "nvrtcCompileProgram", code);
    else
        image = take(device, nvrtc, program, known == capability, bytes);
    if (program)
        nvrtc->nvrtcDestroyProgram(&program);
    return image;
}
