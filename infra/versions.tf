terraform {
  # 1.12: prevent_destroy follows a variable.
  required_version = ">= 1.12"

  required_providers {
    libvirt = {
      source  = "dmacvicar/libvirt"
      version = "0.8.3"
    }
  }
}
