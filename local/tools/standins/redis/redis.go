// Package redis has what Trivy calls of a Redis server, and refuses it: scans here keep what they
// know in files.
package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"time"
)

var errLeftOut = errors.New("this program is built without a client for Redis: use its own release")

// Nil would be the error of a key that is not there.
var Nil = errors.New("redis: nil")

// Options would say how a server is reached.
type Options struct{ TLSConfig *tls.Config }

// ParseURL always fails, before a client is made.
func ParseURL(string) (*Options, error) { return nil, errLeftOut }

// NewClient gives a client that refuses every command.
func NewClient(*Options) *Client { return &Client{} }

// Client refuses every command.
type Client struct{}

// Close has nothing to close.
func (*Client) Close() error { return nil }

// Set would write a key.
func (*Client) Set(context.Context, string, any, time.Duration) Refusal { return Refusal{} }

// Get would read one.
func (*Client) Get(context.Context, string) Refusal { return Refusal{} }

// Del would delete some.
func (*Client) Del(context.Context, ...string) Refusal { return Refusal{} }

// Unlink would delete them later.
func (*Client) Unlink(context.Context, ...string) Refusal { return Refusal{} }

// Scan would list some.
func (*Client) Scan(context.Context, uint64, string, int64) Refusal { return Refusal{} }

// Refusal is the answer to every command.
type Refusal struct{}

// Err is why.
func (Refusal) Err() error { return errLeftOut }

// Bytes would be a value.
func (Refusal) Bytes() ([]byte, error) { return nil, errLeftOut }

// Result would be keys, and where to go on.
func (Refusal) Result() ([]string, uint64, error) { return nil, 0, errLeftOut }
