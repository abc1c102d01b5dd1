// Package storage has what go-getter calls of Google's buckets, and refuses it: nothing is
// downloaded from one here.
package storage

import (
	"context"
	"errors"
	"io"

	"google.golang.org/api/option"
)

var errLeftOut = errors.New(
	"this program is built without a client for Google Cloud Storage: use its own release",
)

// NewClient always fails.
func NewClient(context.Context, ...option.ClientOption) (*Client, error) { return nil, errLeftOut }

// Client cannot be had.
type Client struct{}

// Bucket names a bucket.
func (*Client) Bucket(string) *BucketHandle { return nil }

// BucketHandle would be a bucket.
type BucketHandle struct{}

// Object names an object.
func (*BucketHandle) Object(string) *ObjectHandle { return nil }

// Objects names those that a query selects.
func (*BucketHandle) Objects(context.Context, *Query) *ObjectIterator { return nil }

// Query selects objects.
type Query struct{ Prefix string }

// ObjectAttrs would describe an object.
type ObjectAttrs struct{ Name string }

// ObjectIterator would give one after the other.
type ObjectIterator struct{}

// Next always fails.
func (*ObjectIterator) Next() (*ObjectAttrs, error) { return nil, errLeftOut }

// ObjectHandle would be an object.
type ObjectHandle struct{}

// Generation names one of its versions.
func (*ObjectHandle) Generation(int64) *ObjectHandle { return nil }

// NewReader always fails.
func (*ObjectHandle) NewReader(context.Context) (*Reader, error) { return nil, errLeftOut }

// Reader would read its content.
type Reader struct{ io.ReadCloser }
