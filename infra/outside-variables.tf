# How machines reach what is outside of them. An address is never one with a name and a password:
# every account of a machine could read it. So that one is not shown while it is refused, and in
# nothing else, these are sensitive.

variable "proxy" {
  type        = string
  default     = ""
  sensitive   = true
  description = "HTTP proxy through which machines fetch packages and images, such as http://proxy.example.com:3128."

  validation {
    condition     = can(regex("^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?)?$", var.proxy))
    error_message = "proxy is not an address such as http://proxy.example.com:3128: give a scheme, a host and a port only, without a name and a password, for every account of a machine could read them."
  }
}

variable "no_proxy" {
  type        = list(string)
  default     = []
  description = "Hosts, domains and networks that are reached without the proxy; those of the cluster are anyway."

  validation {
    condition = alltrue([
      for each in var.no_proxy :
      can(regex("^\\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", each)) || can(cidrhost(each, 0))
    ])
    error_message = "no_proxy holds something that is neither a host, a domain such as .example.com nor a network such as 10.0.0.0/8: give each as an entry of its own, without a scheme, a port or a star."
  }
}

variable "authority_certificates" {
  type        = string
  default     = ""
  description = "Certificates (PEM) of authorities that machines trust beside Debian's, such as that of a proxy or a mirror."

  validation {
    condition     = trimspace(replace(var.authority_certificates, "/-----BEGIN CERTIFICATE-----\\s+MI[A-Za-z0-9+\\/=\\s]+-----END CERTIFICATE-----/", "")) == ""
    error_message = "authority_certificates holds something else than certificates in PEM: give the lines from BEGIN CERTIFICATE to END CERTIFICATE of each, and never a key."
  }
}

variable "debian_mirror" {
  type        = string
  default     = ""
  sensitive   = true
  description = "Where Debian's packages are, in place of the image's own sources, such as https://mirror.example.com/debian."

  validation {
    condition     = can(regex("^(https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?)?$", var.debian_mirror))
    error_message = "debian_mirror is not an address such as https://mirror.example.com/debian: give it without a name and a password, for every account of a machine could read them."
  }
}

variable "debian_security_mirror" {
  type        = string
  default     = ""
  sensitive   = true
  description = "Where Debian's security updates are, together with debian_mirror, such as https://mirror.example.com/debian-security."

  validation {
    condition     = can(regex("^(https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?)?$", var.debian_security_mirror))
    error_message = "debian_security_mirror is not an address such as https://mirror.example.com/debian-security: give it without a name and a password, for every account of a machine could read them."
  }

  validation {
    condition     = (var.debian_mirror == "") == (var.debian_security_mirror == "")
    error_message = "debian_mirror and debian_security_mirror belong together: with one of them alone, machines would have no security updates, or nothing else. Give both, or none."
  }
}

variable "registry_mirrors" {
  type        = map(string)
  default     = {}
  sensitive   = true
  description = "Mirror of each image registry by its host, or by _default of all others; then only the mirror is asked."

  validation {
    condition     = alltrue([for registry in keys(var.registry_mirrors) : can(regex("^(_default|[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?)$", registry))])
    error_message = "registry_mirrors names something that is no registry's host: images are named after docker.io, quay.io or registry.k8s.io, without a scheme or a path; _default is every other."
  }

  validation {
    condition     = alltrue([for mirror in values(var.registry_mirrors) : can(regex("^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$", mirror))])
    error_message = "registry_mirrors holds a mirror that is no https:// address without a slash at its end: give it without a name and a password, for every account of a machine could read them."
  }
}

variable "calico_manifest_url" {
  type        = string
  default     = ""
  sensitive   = true
  description = "Where calico.yaml of calico_version is; GitHub, where it is empty."

  validation {
    condition     = can(regex("^(https://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._~%/+-]+)?$", var.calico_manifest_url))
    error_message = "calico_manifest_url is not an https:// address of a file: give it without a name and a password, for every account of a machine could read them."
  }
}
