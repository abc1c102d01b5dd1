// Package styles knows one style, which has no colours.
package styles

import "github.com/alecthomas/chroma"

// Fallback is for every theme.
var Fallback = &chroma.Style{}

// Get gives it for every theme.
func Get(string) *chroma.Style { return Fallback }
