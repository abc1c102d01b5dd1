# What is refused, each with the sentence of its variable.
mock_provider "libvirt" {}

variables {
  base_image_url    = "https://images.example.com/debian.qcow2"
  base_image_sha512 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  ssh_public_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyWithoutAPrivateOne operator@example.com"]
}

run "one_core" {
  command = plan

  variables {
    vm_cpu_cores = 1
  }

  expect_failures = [var.vm_cpu_cores]
}

run "half_a_core" {
  command = plan

  variables {
    vm_cpu_cores = 2.5
  }

  expect_failures = [var.vm_cpu_cores]
}

run "too_many_cores" {
  command = plan

  variables {
    vm_cpu_cores = 65
  }

  expect_failures = [var.vm_cpu_cores]
}

run "too_little_memory" {
  command = plan

  variables {
    vm_memory_gb = 1
  }

  expect_failures = [var.vm_memory_gb]
}

run "memory_in_mib" {
  command = plan

  variables {
    vm_memory_gb = 4096
  }

  expect_failures = [var.vm_memory_gb]
}

run "disk_that_is_too_small" {
  command = plan

  variables {
    vm_disk_gb = 5
  }

  expect_failures = [var.vm_disk_gb]
}

run "fewer_workers_than_none" {
  command = plan

  variables {
    worker_count = -1
  }

  expect_failures = [var.worker_count]
}

run "name_that_no_host_can_have" {
  command = plan

  variables {
    cluster_name = "Blue_1"
  }

  expect_failures = [var.cluster_name]
}

run "image_without_tls" {
  command = plan

  variables {
    base_image_url = "http://images.example.com/debian.qcow2"
  }

  expect_failures = [var.base_image_url]
}

run "checksum_that_is_cut_short" {
  command = plan

  variables {
    base_image_sha512 = "0123456789abcdef"
  }

  expect_failures = [var.base_image_sha512]
}

run "no_key" {
  command = plan

  variables {
    ssh_public_keys = []
  }

  expect_failures = [var.ssh_public_keys]
}

run "private_key" {
  command = plan

  variables {
    ssh_public_keys = ["-----BEGIN OPENSSH PRIVATE KEY-----"]
  }

  expect_failures = [var.ssh_public_keys]
}

run "root_as_account" {
  command = plan

  variables {
    ssh_user = "root"
  }

  expect_failures = [var.ssh_user]
}

run "libvirt_host_that_is_not_verified" {
  command = plan

  variables {
    libvirt_uri = "qemu+ssh://root@host/system?known_hosts_verify=ignore"
  }

  expect_failures = [var.libvirt_uri]
}

run "libvirt_that_is_no_address" {
  command = plan

  variables {
    libvirt_uri = "host"
  }

  expect_failures = [var.libvirt_uri]
}

run "version_with_a_v" {
  command = plan

  variables {
    kubernetes_version = "v1.36.3"
  }

  expect_failures = [var.kubernetes_version]
}

run "version_without_a_patch" {
  command = plan

  variables {
    kubernetes_version = "1.36"
  }

  expect_failures = [var.kubernetes_version]
}

run "repository_without_tls" {
  command = plan

  variables {
    kubernetes_repository = "http://packages.example.com/kubernetes"
  }

  expect_failures = [var.kubernetes_repository]
}

run "short_fingerprint" {
  command = plan

  variables {
    kubernetes_key_fingerprint = "9A296436"
  }

  expect_failures = [var.kubernetes_key_fingerprint]
}

run "calico_of_another_generation" {
  command = plan

  variables {
    calico_version = "2.6.0"
  }

  expect_failures = [var.calico_version]
}

run "checksum_of_calico_that_is_none" {
  command = plan

  variables {
    calico_manifest_sha256 = "latest"
  }

  expect_failures = [var.calico_manifest_sha256]
}

run "network_that_is_none" {
  command = plan

  variables {
    network_cidr = "10.218.0.300/24"
  }

  expect_failures = [var.network_cidr]
}

run "network_that_is_too_small" {
  command = plan

  variables {
    network_cidr = "10.218.0.0/29"
  }

  expect_failures = [var.network_cidr]
}

run "control_plane_at_the_gateways_address" {
  command = plan

  variables {
    control_plane_host = 1
  }

  expect_failures = [var.control_plane_host]
}

run "worker_at_the_control_planes_address" {
  command = plan

  variables {
    first_worker_host = 9
  }

  expect_failures = [var.first_worker_host]
}

run "workers_beyond_the_network" {
  command = plan

  variables {
    first_worker_host = 254
  }

  expect_failures = [var.first_worker_host]
}

run "pods_in_the_machines_network" {
  command = plan

  variables {
    pod_cidr = "10.218.0.0/16"
  }

  expect_failures = [var.pod_cidr]
}

run "services_among_the_pods" {
  command = plan

  variables {
    service_cidr = "10.244.16.0/20"
  }

  expect_failures = [var.service_cidr]
}

run "virtualization_that_is_not_known" {
  command = plan

  variables {
    virtualization = "xen"
  }

  expect_failures = [var.virtualization]
}

run "no_patience" {
  command = plan

  variables {
    patience = 0
  }

  expect_failures = [var.patience]
}

run "patience_that_is_no_whole_number" {
  command = plan

  variables {
    patience = 1.5
  }

  expect_failures = [var.patience]
}
