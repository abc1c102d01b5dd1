package encryption

import (
	"github.com/opentofu/opentofu/internal/encryption/keyprovider"
	externalKeyProvider "github.com/opentofu/opentofu/internal/encryption/keyprovider/external"
	"github.com/opentofu/opentofu/internal/encryption/keyprovider/openbao"
	"github.com/opentofu/opentofu/internal/encryption/keyprovider/pbkdf2"
	"github.com/opentofu/opentofu/internal/encryption/method"
	"github.com/opentofu/opentofu/internal/encryption/method/aesgcm"
	externalMethod "github.com/opentofu/opentofu/internal/encryption/method/external"
	"github.com/opentofu/opentofu/internal/encryption/method/unencrypted"
	"github.com/opentofu/opentofu/internal/encryption/registry/lockingencryptionregistry"
)

// DefaultRegistry knows how a state is encrypted, but for the key stores of AWS, Azure and Google.
var DefaultRegistry = lockingencryptionregistry.New()

func init() {
	for _, provider := range []keyprovider.Descriptor{
		pbkdf2.New(), openbao.New(), externalKeyProvider.New(),
	} {
		stopOn(DefaultRegistry.RegisterKeyProvider(provider))
	}
	for _, each := range []method.Descriptor{
		aesgcm.New(), externalMethod.New(), unencrypted.New(),
	} {
		stopOn(DefaultRegistry.RegisterMethod(each))
	}
}

func stopOn(err error) {
	if err != nil {
		panic(err)
	}
}
