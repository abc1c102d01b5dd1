// Package distconsts says where the official engine image keeps its parts.
package distconsts

// The engine and its socket.
const (
	EngineContainerName    = "dagger-engine.dev"
	EngineDefaultStateDir  = "/var/lib/dagger"
	DefaultEngineSockAddr  = "unix:///run/dagger/engine.sock"
	EngineCustomCACertsDir = "/usr/local/share/ca-certificates"
)

// Programs the engine starts containers with.
const (
	RuncPath       = "/usr/local/bin/runc"
	DaggerInitPath = "/usr/local/bin/dagger-init"
	TiniPath       = "/usr/local/bin/tini"
)

// Built-in SDKs: an OCI layout, and where the manifest digest of each is named.
const (
	EngineContainerBuiltinContentDir   = "/usr/local/share/dagger/content"
	GoSDKManifestDigestEnvName         = "DAGGER_GO_SDK_MANIFEST_DIGEST"
	PythonSDKManifestDigestEnvName     = "DAGGER_PYTHON_SDK_MANIFEST_DIGEST"
	TypescriptSDKManifestDigestEnvName = "DAGGER_TYPESCRIPT_SDK_MANIFEST_DIGEST"
)

// Images the engine refers to by name.
const (
	AlpineVersion  = "3.22.1"
	AlpineImage    = "alpine:" + AlpineVersion
	BusyboxVersion = "1.37.0"
	BusyboxImage   = "busybox:" + BusyboxVersion
	GolangVersion  = "1.26"
	GolangImage    = "golang:" + GolangVersion + "-alpine"
)

// OCIVersionAnnotation names a manifest's version.
const OCIVersionAnnotation = "org.opencontainers.image.version"
