module github.com/google/go-github/v62

go 1.26.7
