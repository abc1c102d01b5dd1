// Package lexers knows one lexer, which knows no language.
package lexers

import "github.com/alecthomas/chroma"

// Fallback is for every text.
var Fallback = &chroma.Lexer{}

// Match gives it for every file.
func Match(string) *chroma.Lexer { return Fallback }
