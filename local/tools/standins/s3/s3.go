// Package s3 has what go-getter calls of AWS' buckets, and refuses it: nothing is downloaded from one
// here.
package s3

import (
	"context"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
)

var errLeftOut = errors.New("this program is built without a client for AWS S3: use its own release")

// Options are not used.
type Options struct {
	UsePathStyle bool
	BaseEndpoint *string
}

// Client refuses every call.
type Client struct{}

// NewFromConfig gives the client; the configuration is not used.
func NewFromConfig(aws.Config, ...func(*Options)) *Client { return &Client{} }

// Object names an object of a bucket.
type Object struct{ Key *string }

// ListObjectsV2Input names a part of a bucket.
type ListObjectsV2Input struct{ Bucket, Prefix *string }

// ListObjectsV2Output would name what is there.
type ListObjectsV2Output struct{ Contents []Object }

// ListObjectsV2Paginator has one page, which cannot be had.
type ListObjectsV2Paginator struct{}

// NewListObjectsV2Paginator gives it.
func NewListObjectsV2Paginator(*Client, *ListObjectsV2Input) *ListObjectsV2Paginator {
	return &ListObjectsV2Paginator{}
}

// HasMorePages always promises one.
func (*ListObjectsV2Paginator) HasMorePages() bool { return true }

// NextPage always fails.
func (*ListObjectsV2Paginator) NextPage(context.Context) (*ListObjectsV2Output, error) {
	return nil, errLeftOut
}

// GetObjectInput names an object.
type GetObjectInput struct{ Bucket, Key, VersionId *string }

// GetObjectOutput would be what it holds.
type GetObjectOutput struct {
	Body          io.ReadCloser
	ContentLength *int64
}

// GetObject always fails.
func (*Client) GetObject(context.Context, *GetObjectInput) (*GetObjectOutput, error) {
	return nil, errLeftOut
}
