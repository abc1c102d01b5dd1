# The same for every cloud

variable "name" {
  type        = string
  description = "Prefix of what the machines share."
}

variable "network_cidr" {
  type        = string
  description = "The machines' network; its first address is the gateway's."
}

variable "machines" {
  type = map(object({
    address   = string
    cpu_cores = number
    memory_gb = number
    disk_gb   = number
    user_data = string
  }))
  description = "Each machine by its host name: its address and size, and what cloud-init does at its first start."
}

variable "image" {
  type        = object({ url = string, sha512 = string })
  description = "The cloud image that every disk begins as."
}

variable "protected" {
  type        = bool
  description = "Whether a plan that would remove or replace one of them is refused."
}

variable "resizing" {
  type        = bool
  description = "Whether a plan may replace a machine all the same, but not its disk."
}

variable "work_dir" {
  type        = string
  description = "Folder of the machine that runs OpenTofu, for files that are not of the repository."
}

# libvirt's own

variable "virtualization" {
  type        = string
  description = "kvm, or qemu where there is none."
}

variable "storage_pool" {
  type        = string
  description = "The storage pool that holds the disks."
}
