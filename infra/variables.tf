# The cluster

variable "cluster_name" {
  type        = string
  default     = "apps"
  description = "Prefix of every machine's name, and the name of the cluster."

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", var.cluster_name))
    error_message = "cluster_name \"${var.cluster_name}\" cannot be part of a host name: use at most 32 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen."
  }
}

variable "worker_count" {
  type        = number
  default     = 2
  description = "How many workers there are; with 0 the control plane takes pods."

  validation {
    condition     = floor(var.worker_count) == var.worker_count && var.worker_count >= 0 && var.worker_count <= 20
    error_message = "worker_count is ${var.worker_count}: give a whole number from 0 to 20."
  }
}

variable "protected" {
  type        = bool
  default     = true
  description = "Whether a plan that would remove or replace a machine, its disk or its network is refused."
}

variable "resizing" {
  type        = bool
  default     = false
  description = "Whether a plan may replace machines, but not their disks; resize.sh sets it."
}

# The size of a machine

variable "vm_cpu_cores" {
  type        = number
  default     = 2
  description = "CPU cores of each machine."

  validation {
    condition     = floor(var.vm_cpu_cores) == var.vm_cpu_cores && var.vm_cpu_cores >= 2 && var.vm_cpu_cores <= 64
    error_message = "vm_cpu_cores is ${var.vm_cpu_cores}: give a whole number from 2, which is what kubeadm asks of a control plane, to 64."
  }
}

variable "vm_memory_gb" {
  type        = number
  default     = 4
  description = "Memory of each machine, in GiB."

  validation {
    condition     = floor(var.vm_memory_gb) == var.vm_memory_gb && var.vm_memory_gb >= 2 && var.vm_memory_gb <= 512
    error_message = "vm_memory_gb is ${var.vm_memory_gb}: give a whole number from 2, which is what a control plane needs, to 512."
  }
}

variable "vm_disk_gb" {
  type        = number
  default     = 20
  description = "Disk of each machine, in GiB; another size is another disk."

  validation {
    condition     = floor(var.vm_disk_gb) == var.vm_disk_gb && var.vm_disk_gb >= 10 && var.vm_disk_gb <= 2048
    error_message = "vm_disk_gb is ${var.vm_disk_gb}: give a whole number from 10, below which images of containers do not fit, to 2048."
  }
}

# What a machine starts from

variable "base_image_url" {
  type        = string
  description = "Cloud image (qcow2) of Debian 12 or newer, at an address whose content does not change."

  validation {
    condition     = can(regex("^https://[^ ]+$", var.base_image_url))
    error_message = "base_image_url \"${var.base_image_url}\" is not an https:// address: name the image where its publisher serves it over TLS."
  }
}

variable "base_image_sha512" {
  type        = string
  description = "SHA-512 of the image, as its publisher's SHA512SUMS gives it."

  validation {
    condition     = can(regex("^[0-9a-f]{128}$", var.base_image_sha512))
    error_message = "base_image_sha512 is not a SHA-512: copy the 128 hexadecimal digits from the line of the image in SHA512SUMS."
  }
}

# Access

variable "libvirt_uri" {
  type        = string
  default     = "qemu:///system"
  description = "The libvirt that the machines are made in, such as qemu+ssh://root@host/system."

  validation {
    condition     = can(regex("^[a-z]+(\\+[a-z]+)?://", var.libvirt_uri)) && !can(regex("[?&]no_verify=1|known_hosts_verify=ignore", var.libvirt_uri))
    error_message = "libvirt_uri cannot be used: write it as qemu:///system or qemu+ssh://user@host/system, without turning the verification of the host off."
  }
}

variable "virtualization" {
  type        = string
  default     = "kvm"
  description = "How machines run: kvm, or qemu, which emulates them slowly on a host without KVM."

  validation {
    condition     = contains(["kvm", "qemu"], var.virtualization)
    error_message = "virtualization \"${var.virtualization}\" is not known: it is kvm, or qemu where the host has no KVM."
  }
}

variable "patience" {
  type        = number
  default     = 1
  description = "How many times longer than with KVM a machine may take to start and to become a node, such as 10 where it is emulated."

  validation {
    condition     = floor(var.patience) == var.patience && var.patience >= 1 && var.patience <= 20
    error_message = "patience is ${var.patience}: give a whole number from 1, which is that of machines with KVM, to 20."
  }
}

variable "storage_pool" {
  type        = string
  default     = "default"
  description = "The libvirt storage pool that holds the machines' disks; it has to exist."
}

variable "ssh_user" {
  type        = string
  default     = "ops"
  description = "The account that is made on each machine; it may use sudo."

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_-]{0,31}$", var.ssh_user)) && var.ssh_user != "root"
    error_message = "ssh_user \"${var.ssh_user}\" cannot be made: use a name of lower-case letters, digits, hyphens and underscores that is not root."
  }
}

variable "ssh_public_keys" {
  type        = list(string)
  description = "Public keys that may log in to each machine."

  validation {
    condition     = length(var.ssh_public_keys) > 0
    error_message = "ssh_public_keys is empty: without a key nobody reaches a machine, and no worker can be told to join."
  }

  validation {
    condition     = alltrue([for key in var.ssh_public_keys : can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp[0-9]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+( .*)?$", key))])
    error_message = "ssh_public_keys holds something that is not a public key: give the content of a .pub file, never that of the file beside it."
  }
}

variable "ssh_private_key_file" {
  type        = string
  default     = ""
  description = "The file with the key to log in with; the SSH agent's keys where it is empty. Only its name is kept."
}

# Versions

variable "kubernetes_version" {
  type        = string
  default     = "1.36.3"
  description = "Kubernetes of a new machine. Machines that are there are upgraded with kubeadm."

  validation {
    condition     = can(regex("^1\\.[0-9]+\\.[0-9]+$", var.kubernetes_version))
    error_message = "kubernetes_version \"${var.kubernetes_version}\" is not a full version: give one such as 1.36.3, without a v."
  }
}

variable "kubernetes_repository" {
  type        = string
  default     = "https://pkgs.k8s.io/core:/stable:"
  description = "Where Kubernetes' Debian packages are; below it lies a folder for each minor version."

  validation {
    condition     = can(regex("^https://[^ '\"]+[^/ '\"]$", var.kubernetes_repository))
    error_message = "kubernetes_repository \"${var.kubernetes_repository}\" is not an https:// address without a slash at its end."
  }
}

variable "kubernetes_key_fingerprint" {
  type        = string
  default     = "DE15B14486CD377B9E876E1A234654DA9A296436"
  description = "Fingerprint of the key that signs those packages; any other key is refused."

  validation {
    condition     = can(regex("^[0-9A-F]{40}$", var.kubernetes_key_fingerprint))
    error_message = "kubernetes_key_fingerprint is not a fingerprint: give its 40 hexadecimal digits in capitals, without spaces."
  }
}

variable "calico_version" {
  type        = string
  default     = "3.32.3"
  description = "Calico of a new cluster."

  validation {
    condition     = can(regex("^3\\.[0-9]+\\.[0-9]+$", var.calico_version))
    error_message = "calico_version \"${var.calico_version}\" is not a full version: give one such as 3.32.3, without a v."
  }
}

variable "calico_manifest_sha256" {
  type        = string
  default     = ""
  description = "SHA-256 of that version's calico.yaml; where it is empty, TLS is all that vouches for the file."

  validation {
    condition     = can(regex("^([0-9a-f]{64})?$", var.calico_manifest_sha256))
    error_message = "calico_manifest_sha256 is not a SHA-256: give its 64 hexadecimal digits, or nothing."
  }
}

# Addresses

variable "network_cidr" {
  type        = string
  default     = "10.218.0.0/24"
  description = "The machines' network."

  validation {
    condition     = can(cidrhost(var.network_cidr, 0)) && can(regex("^[0-9.]+/(1[6-9]|2[0-6])$", var.network_cidr))
    error_message = "network_cidr \"${var.network_cidr}\" is not an IPv4 network of /16 to /26, such as 10.218.0.0/24."
  }
}

variable "control_plane_host" {
  type        = number
  default     = 10
  description = "The control plane's number in network_cidr: 10 is 10.218.0.10."

  validation {
    condition     = can(cidrhost(var.network_cidr, var.control_plane_host + 1)) && var.control_plane_host >= 2
    error_message = "control_plane_host is ${var.control_plane_host}: give a number from 2, for the first address is the gateway's, that network_cidr has room for."
  }
}

variable "first_worker_host" {
  type        = number
  default     = 11
  description = "The first worker's number in network_cidr; the others follow it."

  validation {
    condition     = can(cidrhost(var.network_cidr, var.first_worker_host + var.worker_count)) && var.first_worker_host >= 2
    error_message = "first_worker_host is ${var.first_worker_host}: give a number from 2 on, such that network_cidr has room for every worker from there."
  }

  validation {
    condition     = var.control_plane_host < var.first_worker_host || var.control_plane_host >= var.first_worker_host + var.worker_count
    error_message = "first_worker_host is ${var.first_worker_host}: a worker would have the control plane's address, which is number ${var.control_plane_host}."
  }
}

variable "pod_cidr" {
  type        = string
  default     = "10.244.0.0/16"
  description = "The network of the pods."

  validation {
    condition     = can(regex("^[0-9.]+/(1[0-9]|2[0-2])$", var.pod_cidr)) && can(cidrhost(var.pod_cidr, 0))
    error_message = "pod_cidr \"${var.pod_cidr}\" is not an IPv4 network of /10 to /22, such as 10.244.0.0/16."
  }

  validation {
    condition     = !try(cidrcontains(var.pod_cidr, var.network_cidr) || cidrcontains(var.network_cidr, var.pod_cidr), false)
    error_message = "pod_cidr ${var.pod_cidr} overlaps network_cidr ${var.network_cidr}: pods would take the machines' addresses."
  }
}

variable "service_cidr" {
  type        = string
  default     = "10.96.0.0/16"
  description = "The network of the Services."

  validation {
    condition     = can(regex("^[0-9.]+/(1[2-9]|2[0-4])$", var.service_cidr)) && can(cidrhost(var.service_cidr, 0))
    error_message = "service_cidr \"${var.service_cidr}\" is not an IPv4 network of /12 to /24, such as 10.96.0.0/16."
  }

  validation {
    condition = !anytrue([
      for other in [var.network_cidr, var.pod_cidr] :
      try(cidrcontains(var.service_cidr, other) || cidrcontains(other, var.service_cidr), false)
    ])
    error_message = "service_cidr ${var.service_cidr} overlaps network_cidr ${var.network_cidr} or pod_cidr ${var.pod_cidr}: Services would take their addresses."
  }
}
