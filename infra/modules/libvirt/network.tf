resource "libvirt_network" "machines" {
  name      = var.name
  mode      = "nat"
  addresses = [var.network_cidr]
  autostart = true

  # Addresses are fixed in each machine's own configuration. Were they leased, a machine could come
  # up before its lease is known to the plan, and with another address after a restart.
  dhcp {
    enabled = false
  }

  dns {
    enabled = true
  }

  lifecycle {
    prevent_destroy = var.protected
  }
}
