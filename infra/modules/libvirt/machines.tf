# A disk outlives its machine: a machine of another size boots from it as the same node.
resource "libvirt_volume" "disk" {
  for_each = var.machines

  name           = "${each.key}.qcow2"
  pool           = var.storage_pool
  base_volume_id = libvirt_volume.image.id
  size           = each.value.disk_gb * 1024 * 1024 * 1024
  format         = "qcow2"

  lifecycle {
    prevent_destroy = var.protected
  }
}

resource "libvirt_cloudinit_disk" "first_start" {
  for_each = var.machines

  name      = "${each.key}-cloud-init.iso"
  pool      = var.storage_pool
  user_data = each.value.user_data

  # cloud-init runs once for each instance id. That it stays the same keeps a machine that is
  # resized from being set up anew, and its host keys from changing.
  meta_data = yamlencode({
    "instance-id"    = each.key
    "local-hostname" = each.key
  })

  network_config = yamlencode({
    version = 2
    ethernets = {
      lan = {
        match       = { name = "en*" }
        dhcp4       = false
        addresses   = ["${each.value.address}/${split("/", var.network_cidr)[1]}"]
        nameservers = { addresses = [cidrhost(var.network_cidr, 1)] }
        routes      = [{ to = "0.0.0.0/0", via = cidrhost(var.network_cidr, 1) }]
      }
    }
  })

  # It is read at the first start only: what it would say now is for a machine with another disk.
  lifecycle {
    ignore_changes       = [user_data, network_config]
    replace_triggered_by = [libvirt_volume.disk[each.key]]
  }
}

resource "libvirt_domain" "machine" {
  for_each = var.machines

  name      = each.key
  type      = var.virtualization
  vcpu      = each.value.cpu_cores
  memory    = each.value.memory_gb * 1024
  autostart = true
  cloudinit = libvirt_cloudinit_disk.first_start[each.key].id

  # Calico's images want more than the oldest x86-64, which is what libvirt emulates unasked.
  cpu {
    mode = var.virtualization == "kvm" ? "host-passthrough" : "maximum"
  }

  disk {
    volume_id = libvirt_volume.disk[each.key].id
  }

  network_interface {
    network_id = libvirt_network.machines.id
    # With a fixed address there is no lease to wait for, and waiting for one would never end.
    wait_for_lease = false
  }

  # Debian's cloud images write to the serial console, and wait for it while they boot.
  console {
    type        = "pty"
    target_type = "serial"
    target_port = "0"
  }

  # The provider replaces a machine to resize it, after pulling its plug. So it is done by
  # resize.sh, which drains and stops one machine before it lifts the protection of that one.
  lifecycle {
    prevent_destroy = var.protected && !var.resizing
  }
}
