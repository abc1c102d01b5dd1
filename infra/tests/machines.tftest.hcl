# The machines as libvirt is asked for them: how many, how large, where, and from what.
mock_provider "libvirt" {}

variables {
  name         = "blue"
  network_cidr = "10.218.0.0/24"
  machines = {
    blue-control-plane = { address = "10.218.0.10", cpu_cores = 2, memory_gb = 4, disk_gb = 20, user_data = "#cloud-config\n{}" }
    blue-worker-1      = { address = "10.218.0.11", cpu_cores = 4, memory_gb = 8, disk_gb = 30, user_data = "#cloud-config\n{}" }
  }
  image = {
    url    = "https://images.example.com/debian.qcow2"
    sha512 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  }
  protected    = true
  resizing     = false
  work_dir     = ".local"
  storage_pool = "fast"

  virtualization = "kvm"
}

run "each_machine_has_a_domain_a_disk_and_a_first_start" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition     = keys(libvirt_domain.machine) == keys(var.machines)
    error_message = "Each machine is a domain of its name, and there is no other."
  }

  assert {
    condition     = [for disk in libvirt_volume.disk : disk.name] == [for name in keys(var.machines) : "${name}.qcow2"]
    error_message = "Each machine has a disk of its name."
  }

  assert {
    condition     = [for first in libvirt_cloudinit_disk.first_start : first.name] == [for name in keys(var.machines) : "${name}-cloud-init.iso"]
    error_message = "Each machine has a cloud-init disk of its name."
  }
}

run "sizes_are_those_of_each_machine" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition     = [for machine in libvirt_domain.machine : machine.vcpu] == [2, 4]
    error_message = "A domain has the machine's cores."
  }

  assert {
    condition     = [for machine in libvirt_domain.machine : machine.memory] == [4096, 8192]
    error_message = "A domain has the machine's memory, which libvirt counts in MiB."
  }

  assert {
    condition     = [for disk in libvirt_volume.disk : disk.size] == [20 * pow(1024, 3), 30 * pow(1024, 3)]
    error_message = "A disk has the machine's size, which libvirt counts in bytes."
  }
}

run "addresses_are_fixed" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition = [
      for first in libvirt_cloudinit_disk.first_start : yamldecode(first.network_config).ethernets.lan.addresses
    ] == [["10.218.0.10/24"], ["10.218.0.11/24"]]
    error_message = "A machine sets its own address, with the length of the network."
  }

  assert {
    condition     = yamldecode(libvirt_cloudinit_disk.first_start["blue-worker-1"].network_config).ethernets.lan.routes == [{ to = "0.0.0.0/0", via = "10.218.0.1" }]
    error_message = "The way out is the network's first address."
  }

  assert {
    condition     = libvirt_network.machines.dhcp[0].enabled == false && !anytrue([for machine in libvirt_domain.machine : machine.network_interface[0].wait_for_lease])
    error_message = "Nothing leases an address, and nothing waits for a lease."
  }
}

run "a_machine_is_the_same_instance_at_every_start" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition = {
      for name, first in libvirt_cloudinit_disk.first_start : name => yamldecode(first.meta_data)
      } == {
      for name in keys(var.machines) : name => { instance-id = name, local-hostname = name }
    }
    error_message = "Instance id and host name are the machine's name, so that cloud-init runs once."
  }
}

run "the_image_is_a_file_that_was_checked" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition     = libvirt_volume.image.source == ".local/image-0123456789abcdef.qcow2" && terraform_data.image.input == libvirt_volume.image.source
    error_message = "libvirt gets the file that was checked, and not the address."
  }

  assert {
    condition     = terraform_data.image.triggers_replace == [var.image.url, var.image.sha512]
    error_message = "Another address or checksum is fetched and checked anew."
  }
}

run "everything_lies_in_the_storage_pool" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition = toset(concat(
      [libvirt_volume.image.pool],
      [for disk in libvirt_volume.disk : disk.pool],
      [for first in libvirt_cloudinit_disk.first_start : first.pool],
    )) == toset(["fast"])
    error_message = "Image, disks and cloud-init disks are in the pool that is named."
  }
}

run "machines_come_back_with_their_host" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition     = libvirt_network.machines.autostart && alltrue([for machine in libvirt_domain.machine : machine.autostart])
    error_message = "The network and every machine start with the host."
  }
}

run "machines_have_the_hosts_own_processor" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  assert {
    condition     = alltrue([for machine in libvirt_domain.machine : machine.type == "kvm" && machine.cpu[0].mode == "host-passthrough"])
    error_message = "With KVM a machine has the processor of its host."
  }
}

run "emulated_machines_have_all_that_can_be_emulated" {
  command = plan

  module {
    source = "./modules/libvirt"
  }

  variables {
    virtualization = "qemu"
  }

  assert {
    condition     = alltrue([for machine in libvirt_domain.machine : machine.type == "qemu" && machine.cpu[0].mode == "maximum"])
    error_message = "Without KVM a machine has the newest processor that is emulated, for images that want x86-64-v2."
  }
}
