output "machines" {
  description = "Each machine's address by its host name, once the machine is there."
  value       = { for name, machine in var.machines : name => machine.address }
  depends_on  = [libvirt_domain.machine]
}

output "disks" {
  description = "What changes when a machine's disk does, and not when its size does."
  value       = { for name, disk in libvirt_volume.disk : name => disk.id }
}
