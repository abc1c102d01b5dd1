module github.com/openvex/discovery

go 1.26.7
