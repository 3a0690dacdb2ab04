/* The part of ONNX Runtime's C interface that runs a model on the processor, to be called in a library that is opened
   at run time.

   Source: include/onnxruntime/core/session/onnxruntime_c_api.h of github.com/microsoft/onnxruntime, MIT licence, commit
   44885662608f431f1dfd7684b08431ca6f6f1893: the names, their order and their arguments. That header freezes the table's
   beginning, the functions of version 1, for every later release; version 1 is what is asked for here, so that any
   release will do. Functions that are not called stand in the table as places alone. Enumerations are `int` there, as
   in C, and their values stand beside the calls.

   The table is never copied: a library may be older or newer than its reader, and its table shorter or longer. */
#ifndef FLASHNAS_ONNXRUNTIME_PREFIX_H
#define FLASHNAS_ONNXRUNTIME_PREFIX_H

#include <stddef.h>
#include <stdint.h>

typedef struct OrtAllocator OrtAllocator;
typedef struct OrtEnv OrtEnv;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtStatus OrtStatus;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtValue OrtValue;

#define ORT_UNUSED(name) void (*name)(void)

typedef struct OrtApi {
  ORT_UNUSED(CreateStatus);
  ORT_UNUSED(GetErrorCode);
  const char *(*GetErrorMessage)(const OrtStatus *status);
  OrtStatus *(*CreateEnv)(int logging_level, const char *log_id, OrtEnv **out);
  ORT_UNUSED(CreateEnvWithCustomLogger);
  ORT_UNUSED(EnableTelemetryEvents);
  ORT_UNUSED(DisableTelemetryEvents);
  OrtStatus *(*CreateSession)(const OrtEnv *env, const char *model_path, const OrtSessionOptions *options,
      OrtSession **out);
  OrtStatus *(*CreateSessionFromArray)(const OrtEnv *env, const void *model, size_t length,
      const OrtSessionOptions *options, OrtSession **out);
  OrtStatus *(*Run)(OrtSession *session, const OrtRunOptions *options, const char *const *input_names,
      const OrtValue *const *inputs, size_t input_count, const char *const *output_names, size_t output_count,
      OrtValue **outputs);
  OrtStatus *(*CreateSessionOptions)(OrtSessionOptions **out);
  ORT_UNUSED(SetOptimizedModelFilePath);
  ORT_UNUSED(CloneSessionOptions);
  OrtStatus *(*SetSessionExecutionMode)(OrtSessionOptions *options, int mode);
  ORT_UNUSED(EnableProfiling);
  ORT_UNUSED(DisableProfiling);
  ORT_UNUSED(EnableMemPattern);
  ORT_UNUSED(DisableMemPattern);
  ORT_UNUSED(EnableCpuMemArena);
  ORT_UNUSED(DisableCpuMemArena);
  ORT_UNUSED(SetSessionLogId);
  ORT_UNUSED(SetSessionLogVerbosityLevel);
  ORT_UNUSED(SetSessionLogSeverityLevel);
  ORT_UNUSED(SetSessionGraphOptimizationLevel);
  OrtStatus *(*SetIntraOpNumThreads)(OrtSessionOptions *options, int threads);
  OrtStatus *(*SetInterOpNumThreads)(OrtSessionOptions *options, int threads);
  ORT_UNUSED(CreateCustomOpDomain);
  ORT_UNUSED(CustomOpDomain_Add);
  ORT_UNUSED(AddCustomOpDomain);
  ORT_UNUSED(RegisterCustomOpsLibrary);
  OrtStatus *(*SessionGetInputCount)(const OrtSession *session, size_t *out);
  OrtStatus *(*SessionGetOutputCount)(const OrtSession *session, size_t *out);
  ORT_UNUSED(SessionGetOverridableInitializerCount);
  OrtStatus *(*SessionGetInputTypeInfo)(const OrtSession *session, size_t index, OrtTypeInfo **out);
  ORT_UNUSED(SessionGetOutputTypeInfo);
  ORT_UNUSED(SessionGetOverridableInitializerTypeInfo);
  OrtStatus *(*SessionGetInputName)(const OrtSession *session, size_t index, OrtAllocator *allocator, char **out);
  OrtStatus *(*SessionGetOutputName)(const OrtSession *session, size_t index, OrtAllocator *allocator, char **out);
  ORT_UNUSED(SessionGetOverridableInitializerName);
  ORT_UNUSED(CreateRunOptions);
  ORT_UNUSED(RunOptionsSetRunLogVerbosityLevel);
  ORT_UNUSED(RunOptionsSetRunLogSeverityLevel);
  ORT_UNUSED(RunOptionsSetRunTag);
  ORT_UNUSED(RunOptionsGetRunLogVerbosityLevel);
  ORT_UNUSED(RunOptionsGetRunLogSeverityLevel);
  ORT_UNUSED(RunOptionsGetRunTag);
  ORT_UNUSED(RunOptionsSetTerminate);
  ORT_UNUSED(RunOptionsUnsetTerminate);
  ORT_UNUSED(CreateTensorAsOrtValue);
  OrtStatus *(*CreateTensorWithDataAsOrtValue)(const OrtMemoryInfo *info, void *data, size_t bytes,
      const int64_t *shape, size_t rank, int type, OrtValue **out);
  OrtStatus *(*IsTensor)(const OrtValue *value, int *out);
  OrtStatus *(*GetTensorMutableData)(OrtValue *value, void **out);
  ORT_UNUSED(FillStringTensor);
  ORT_UNUSED(GetStringTensorDataLength);
  ORT_UNUSED(GetStringTensorContent);
  OrtStatus *(*CastTypeInfoToTensorInfo)(const OrtTypeInfo *info, const OrtTensorTypeAndShapeInfo **out);
  ORT_UNUSED(GetOnnxTypeFromTypeInfo);
  ORT_UNUSED(CreateTensorTypeAndShapeInfo);
  ORT_UNUSED(SetTensorElementType);
  ORT_UNUSED(SetDimensions);
  OrtStatus *(*GetTensorElementType)(const OrtTensorTypeAndShapeInfo *info, int *out);
  OrtStatus *(*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo *info, size_t *out);
  OrtStatus *(*GetDimensions)(const OrtTensorTypeAndShapeInfo *info, int64_t *sizes, size_t count);
  ORT_UNUSED(GetSymbolicDimensions);
  OrtStatus *(*GetTensorShapeElementCount)(const OrtTensorTypeAndShapeInfo *info, size_t *out);
  OrtStatus *(*GetTensorTypeAndShape)(const OrtValue *value, OrtTensorTypeAndShapeInfo **out);
  ORT_UNUSED(GetTypeInfo);
  ORT_UNUSED(GetValueType);
  ORT_UNUSED(CreateMemoryInfo);
  OrtStatus *(*CreateCpuMemoryInfo)(int allocator_type, int memory_type, OrtMemoryInfo **out);
  ORT_UNUSED(CompareMemoryInfo);
  ORT_UNUSED(MemoryInfoGetName);
  ORT_UNUSED(MemoryInfoGetId);
  ORT_UNUSED(MemoryInfoGetMemType);
  ORT_UNUSED(MemoryInfoGetType);
  ORT_UNUSED(AllocatorAlloc);
  OrtStatus *(*AllocatorFree)(OrtAllocator *allocator, void *memory);
  ORT_UNUSED(AllocatorGetInfo);
  OrtStatus *(*GetAllocatorWithDefaultOptions)(OrtAllocator **out);
  ORT_UNUSED(AddFreeDimensionOverride);
  ORT_UNUSED(GetValue);
  ORT_UNUSED(GetValueCount);
  ORT_UNUSED(CreateValue);
  ORT_UNUSED(CreateOpaqueValue);
  ORT_UNUSED(GetOpaqueValue);
  ORT_UNUSED(KernelInfoGetAttribute_float);
  ORT_UNUSED(KernelInfoGetAttribute_int64);
  ORT_UNUSED(KernelInfoGetAttribute_string);
  ORT_UNUSED(KernelContext_GetInputCount);
  ORT_UNUSED(KernelContext_GetOutputCount);
  ORT_UNUSED(KernelContext_GetInput);
  ORT_UNUSED(KernelContext_GetOutput);
  void (*ReleaseEnv)(OrtEnv *object);
  void (*ReleaseStatus)(OrtStatus *object);
  void (*ReleaseMemoryInfo)(OrtMemoryInfo *object);
  void (*ReleaseSession)(OrtSession *object);
  void (*ReleaseValue)(OrtValue *object);
  ORT_UNUSED(ReleaseRunOptions);
  void (*ReleaseTypeInfo)(OrtTypeInfo *object);
  void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo *object);
  void (*ReleaseSessionOptions)(OrtSessionOptions *object);
  ORT_UNUSED(ReleaseCustomOpDomain);
} OrtApi;

/* As the published header asserts. */
_Static_assert(offsetof(OrtApi, ReleaseCustomOpDomain) == 101 * sizeof(void *), "version 1 has 102 places");

typedef struct OrtApiBase {
  /* NULL where the library does not know the version. */
  const OrtApi *(*GetApi)(uint32_t version);
  const char *(*GetVersionString)(void);
} OrtApiBase;

/* The one symbol of the library that is looked up. */
typedef const OrtApiBase *(*OrtGetApiBaseFunction)(void);

enum {
  ORT_VERSION_ASKED_FOR = 1,
  ORT_LOGGING_LEVEL_FATAL = 4,
  ORT_SEQUENTIAL = 0,
  ORT_ARENA_ALLOCATOR = 1,
  ORT_MEMORY_DEFAULT = 0,
  ORT_TENSOR_FLOAT = 1,
};

static inline const char *Ort_GetErrorMessage(const OrtApi *api, const OrtStatus *status) {
  return api->GetErrorMessage(status);
}
static inline OrtStatus *Ort_CreateEnv(const OrtApi *api, int logging_level, const char *log_id, OrtEnv **out) {
  return api->CreateEnv(logging_level, log_id, out);
}
static inline OrtStatus *Ort_CreateSession(
    const OrtApi *api, const OrtEnv *env, const char *model_path, const OrtSessionOptions *options, OrtSession **out) {
  return api->CreateSession(env, model_path, options, out);
}
static inline OrtStatus *Ort_CreateSessionFromArray(
    const OrtApi *api, const OrtEnv *env, const void *model, size_t length, const OrtSessionOptions *options,
    OrtSession **out) {
  return api->CreateSessionFromArray(env, model, length, options, out);
}
static inline OrtStatus *Ort_Run(
    const OrtApi *api, OrtSession *session, const OrtRunOptions *options, const char *const *input_names,
    const OrtValue *const *inputs, size_t input_count, const char *const *output_names, size_t output_count,
    OrtValue **outputs) {
  return api->Run(session, options, input_names, inputs, input_count, output_names, output_count, outputs);
}
static inline OrtStatus *Ort_CreateSessionOptions(const OrtApi *api, OrtSessionOptions **out) {
  return api->CreateSessionOptions(out);
}
static inline OrtStatus *Ort_SetSessionExecutionMode(const OrtApi *api, OrtSessionOptions *options, int mode) {
  return api->SetSessionExecutionMode(options, mode);
}
static inline OrtStatus *Ort_SetIntraOpNumThreads(const OrtApi *api, OrtSessionOptions *options, int threads) {
  return api->SetIntraOpNumThreads(options, threads);
}
static inline OrtStatus *Ort_SetInterOpNumThreads(const OrtApi *api, OrtSessionOptions *options, int threads) {
  return api->SetInterOpNumThreads(options, threads);
}
static inline OrtStatus *Ort_SessionGetInputCount(const OrtApi *api, const OrtSession *session, size_t *out) {
  return api->SessionGetInputCount(session, out);
}
static inline OrtStatus *Ort_SessionGetOutputCount(const OrtApi *api, const OrtSession *session, size_t *out) {
  return api->SessionGetOutputCount(session, out);
}
static inline OrtStatus *Ort_SessionGetInputTypeInfo(
    const OrtApi *api, const OrtSession *session, size_t index, OrtTypeInfo **out) {
  return api->SessionGetInputTypeInfo(session, index, out);
}
static inline OrtStatus *Ort_SessionGetInputName(
    const OrtApi *api, const OrtSession *session, size_t index, OrtAllocator *allocator, char **out) {
  return api->SessionGetInputName(session, index, allocator, out);
}
static inline OrtStatus *Ort_SessionGetOutputName(
    const OrtApi *api, const OrtSession *session, size_t index, OrtAllocator *allocator, char **out) {
  return api->SessionGetOutputName(session, index, allocator, out);
}
static inline OrtStatus *Ort_CreateTensorWithDataAsOrtValue(
    const OrtApi *api, const OrtMemoryInfo *info, void *data, size_t bytes, const int64_t *shape, size_t rank,
    int type, OrtValue **out) {
  return api->CreateTensorWithDataAsOrtValue(info, data, bytes, shape, rank, type, out);
}
static inline OrtStatus *Ort_IsTensor(const OrtApi *api, const OrtValue *value, int *out) {
  return api->IsTensor(value, out);
}
static inline OrtStatus *Ort_GetTensorMutableData(const OrtApi *api, OrtValue *value, void **out) {
  return api->GetTensorMutableData(value, out);
}
static inline OrtStatus *Ort_CastTypeInfoToTensorInfo(
    const OrtApi *api, const OrtTypeInfo *info, const OrtTensorTypeAndShapeInfo **out) {
  return api->CastTypeInfoToTensorInfo(info, out);
}
static inline OrtStatus *Ort_GetTensorElementType(
    const OrtApi *api, const OrtTensorTypeAndShapeInfo *info, int *out) {
  return api->GetTensorElementType(info, out);
}
static inline OrtStatus *Ort_GetDimensionsCount(
    const OrtApi *api, const OrtTensorTypeAndShapeInfo *info, size_t *out) {
  return api->GetDimensionsCount(info, out);
}
static inline OrtStatus *Ort_GetDimensions(
    const OrtApi *api, const OrtTensorTypeAndShapeInfo *info, int64_t *sizes, size_t count) {
  return api->GetDimensions(info, sizes, count);
}
static inline OrtStatus *Ort_GetTensorShapeElementCount(
    const OrtApi *api, const OrtTensorTypeAndShapeInfo *info, size_t *out) {
  return api->GetTensorShapeElementCount(info, out);
}
static inline OrtStatus *Ort_GetTensorTypeAndShape(
    const OrtApi *api, const OrtValue *value, OrtTensorTypeAndShapeInfo **out) {
  return api->GetTensorTypeAndShape(value, out);
}
static inline OrtStatus *Ort_CreateCpuMemoryInfo(
    const OrtApi *api, int allocator_type, int memory_type, OrtMemoryInfo **out) {
  return api->CreateCpuMemoryInfo(allocator_type, memory_type, out);
}
static inline OrtStatus *Ort_AllocatorFree(const OrtApi *api, OrtAllocator *allocator, void *memory) {
  return api->AllocatorFree(allocator, memory);
}
static inline OrtStatus *Ort_GetAllocatorWithDefaultOptions(const OrtApi *api, OrtAllocator **out) {
  return api->GetAllocatorWithDefaultOptions(out);
}
static inline void Ort_ReleaseEnv(const OrtApi *api, OrtEnv *object) { api->ReleaseEnv(object); }
static inline void Ort_ReleaseStatus(const OrtApi *api, OrtStatus *object) { api->ReleaseStatus(object); }
static inline void Ort_ReleaseMemoryInfo(const OrtApi *api, OrtMemoryInfo *object) { api->ReleaseMemoryInfo(object); }
static inline void Ort_ReleaseSession(const OrtApi *api, OrtSession *object) { api->ReleaseSession(object); }
static inline void Ort_ReleaseValue(const OrtApi *api, OrtValue *object) { api->ReleaseValue(object); }
static inline void Ort_ReleaseTypeInfo(const OrtApi *api, OrtTypeInfo *object) { api->ReleaseTypeInfo(object); }
static inline void Ort_ReleaseTensorTypeAndShapeInfo(const OrtApi *api, OrtTensorTypeAndShapeInfo *object) {
  api->ReleaseTensorTypeAndShapeInfo(object);
}
static inline void Ort_ReleaseSessionOptions(const OrtApi *api, OrtSessionOptions *object) {
  api->ReleaseSessionOptions(object);
}

static inline const OrtApiBase *Ort_CallGetApiBase(void *symbol) { return ((OrtGetApiBaseFunction)symbol)(); }

static inline const OrtApi *Ort_GetApi(const OrtApiBase *base, uint32_t version) { return base->GetApi(version); }

static inline const char *Ort_GetVersionString(const OrtApiBase *base) { return base->GetVersionString(); }

#undef ORT_UNUSED

#endif
