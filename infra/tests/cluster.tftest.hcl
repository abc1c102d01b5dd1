# The cluster that the variables describe: names, addresses, and what each machine does at its first start.
mock_provider "libvirt" {}

variables {
  base_image_url    = "https://images.example.com/debian.qcow2"
  base_image_sha512 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  ssh_public_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyWithoutAPrivateOne operator@example.com"]
}

run "one_control_plane_and_two_workers" {
  command = plan

  assert {
    condition = output.machines == {
      apps-control-plane = "10.218.0.10"
      apps-worker-1      = "10.218.0.11"
      apps-worker-2      = "10.218.0.12"
    }
    error_message = "There are three machines, at addresses that follow each other."
  }

  assert {
    condition     = output.control_plane == "apps-control-plane" && output.workers == ["apps-worker-1", "apps-worker-2"]
    error_message = "One of them is the control plane."
  }
}

run "default_size_is_the_architectures" {
  command = plan

  assert {
    condition     = local.size.cpu_cores == 2 && local.size.memory_gb == 4
    error_message = "A machine has 2 cores and 4 GiB."
  }
}

run "machines_after_scaling_up" {
  command = plan

  variables {
    vm_cpu_cores = 4
    vm_memory_gb = 8
  }

  assert {
    condition     = local.size.cpu_cores == 4 && local.size.memory_gb == 8
    error_message = "A machine has the cores and the memory that are asked for."
  }
}

run "cluster_with_another_name_and_more_workers" {
  command = plan

  variables {
    cluster_name = "blue"
    worker_count = 3
  }

  assert {
    condition     = output.workers == ["blue-worker-1", "blue-worker-2", "blue-worker-3"]
    error_message = "Workers are numbered, and named after the cluster."
  }
}

run "control_plane_alone" {
  command = plan

  variables {
    worker_count = 0
  }

  assert {
    condition     = output.machines == { apps-control-plane = "10.218.0.10" } && length(output.workers) == 0
    error_message = "There is one machine."
  }

  assert {
    condition     = strcontains(yamldecode(local.control_plane_user_data).write_files[length(local.node_files)].content, "\"taints\": []")
    error_message = "It takes pods: kubeadm is told of no taint, in place of its own."
  }

  assert {
    condition     = strcontains(local.control_plane_environment, "ALONE='true'")
    error_message = "Load balancers may send to it."
  }
}

run "control_plane_beside_workers" {
  command = plan

  assert {
    condition     = !can(local.init_configuration.nodeRegistration.taints) && strcontains(local.control_plane_environment, "ALONE='false'")
    error_message = "kubeadm's own taint keeps pods away from it."
  }
}

run "cluster_in_another_network" {
  command = plan

  variables {
    network_cidr       = "192.168.77.0/24"
    control_plane_host = 100
    first_worker_host  = 50
  }

  assert {
    condition     = output.machines == { apps-control-plane = "192.168.77.100", apps-worker-1 = "192.168.77.50", apps-worker-2 = "192.168.77.51" }
    error_message = "Addresses are those of the network and the numbers that are given."
  }

  assert {
    condition     = output.api_server == "https://192.168.77.100:6443"
    error_message = "The API server is the control plane's."
  }
}

run "kubeadm_makes_the_cluster_that_is_asked_for" {
  command = plan

  assert {
    condition     = local.cluster_configuration.kubernetesVersion == "v1.36.3" && local.cluster_configuration.controlPlaneEndpoint == "10.218.0.10:6443"
    error_message = "Version and endpoint are the variables'."
  }

  assert {
    condition     = local.cluster_configuration.networking.podSubnet == "10.244.0.0/16" && local.cluster_configuration.networking.serviceSubnet == "10.96.0.0/16"
    error_message = "The networks of pods and Services are the variables'."
  }
}

run "node_is_named_as_its_machine_and_has_its_address" {
  command = plan

  assert {
    condition = {
      for name, node in local.node_registration : node.name => node.kubeletExtraArgs[0].value
    } == output.machines
    error_message = "A node has its machine's name and address."
  }
}

run "no_document_holds_a_token" {
  command = plan

  assert {
    condition     = !can(regex("[a-z0-9]{6}\\.[a-z0-9]{16}", join("\n", concat([local.control_plane_user_data], values(local.worker_user_data)))))
    error_message = "No cloud-init document holds anything in the form of a bootstrap token."
  }

  assert {
    condition     = local.init_configuration.bootstrapTokens == [{ ttl = "1m0s" }]
    error_message = "The token that kubeadm makes for itself ends after a minute."
  }

  assert {
    condition     = alltrue([for join in local.join_configuration : join.discovery == { file = { kubeConfigPath = "/run/cluster/invitation" } }])
    error_message = "A worker finds the cluster through a file in memory."
  }
}

run "only_keys_log_in" {
  command = plan

  assert {
    condition = alltrue([
      for document in concat([local.control_plane_user_data], values(local.worker_user_data)) :
      !yamldecode(document).ssh_pwauth && yamldecode(document).disable_root &&
      yamldecode(document).users == [{
        name                = "ops"
        groups              = ["sudo"]
        shell               = "/bin/bash"
        sudo                = "ALL=(ALL) NOPASSWD:ALL"
        lock_passwd         = true
        ssh_authorized_keys = var.ssh_public_keys
      }]
    ])
    error_message = "There is one account, with the keys that are given and without a password; root has none."
  }
}

run "packages_are_of_the_version_and_its_repository" {
  command = plan

  variables {
    kubernetes_version = "1.35.1"
  }

  assert {
    condition     = strcontains(local.node_environment, "KUBERNETES_VERSION='1.35.1'") && strcontains(local.node_environment, "REPOSITORY='https://pkgs.k8s.io/core:/stable:/v1.35/deb'")
    error_message = "The packages are those of the version, from the folder of its minor version."
  }
}

run "kubeadm_waits_as_long_as_it_does_unasked" {
  command = plan

  assert {
    condition     = local.kubeadm_timeouts.controlPlaneComponentHealthCheck == "4m0s" && local.kubeadm_timeouts.kubernetesAPICall == "1m0s"
    error_message = "Machines with KVM have kubeadm's own minutes."
  }

  assert {
    condition     = strcontains(local.control_plane_environment, "PATIENCE='1'")
    error_message = "The control plane waits for its node no longer than it has to."
  }
}

run "emulated_machines_have_patience" {
  command = plan

  variables {
    virtualization = "qemu"
    patience       = 4
  }

  assert {
    condition = alltrue([
      for configuration in concat([local.init_configuration], values(local.join_configuration)) :
      configuration.timeouts.kubeletHealthCheck == "16m0s" && configuration.timeouts.tlsBootstrap == "20m0s"
    ])
    error_message = "kubeadm waits four times as long, on every machine."
  }

  assert {
    condition     = strcontains(local.control_plane_environment, "PATIENCE='4'")
    error_message = "The control plane waits four times as long for its node."
  }
}

run "kubelet_waits_for_its_configuration" {
  command = plan

  assert {
    condition = alltrue([
      for document in concat([local.control_plane_user_data], values(local.worker_user_data)) :
      contains([for file in yamldecode(document).write_files : file.path], "/etc/systemd/system/kubelet.service.d/20-configured.conf")
    ])
    error_message = "Its service has the condition on every machine before its package is there."
  }
}

run "machines_are_protected_unless_it_is_said" {
  command = plan

  assert {
    condition     = var.protected && !var.resizing
    error_message = "A plan that would remove or replace a machine is refused by default."
  }
}
