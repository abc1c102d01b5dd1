# What machines are told of what is outside of them: a proxy, mirrors, and authorities.
mock_provider "libvirt" {}

variables {
  base_image_url    = "https://images.example.com/debian.qcow2"
  base_image_sha512 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  ssh_public_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyWithoutAPrivateOne operator@example.com"]
}

run "machines_that_reach_everything_themselves" {
  command = plan

  assert {
    condition     = length(local.outside_files) == 0 && strcontains(local.node_environment, "DEBIAN_MIRROR=''")
    error_message = "Nothing is written, and the image's own sources stay."
  }

  assert {
    condition     = strcontains(local.control_plane_environment, "CALICO_MANIFEST='https://raw.githubusercontent.com/projectcalico/calico/v3.32.3/manifests/calico.yaml'")
    error_message = "Calico's manifest is that of its version, from its publisher."
  }
}

run "machines_behind_a_proxy" {
  command = plan

  variables {
    proxy    = "http://proxy.example.com:3128"
    no_proxy = [".example.org", "10.0.0.0/8"]
  }

  assert {
    condition     = [for file in local.outside_files : file.path] == ["/etc/cluster/proxy.env", "/etc/systemd/system/containerd.service.d/proxy.conf", "/etc/apt/apt.conf.d/90proxy"]
    error_message = "cluster-fetch, containerd and apt know of it, and kubeadm, which would hand it on to the API server, does not."
  }

  assert {
    condition     = local.outside_files[0].content == <<-END
      http_proxy='http://proxy.example.com:3128'
      https_proxy='http://proxy.example.com:3128'
      no_proxy='localhost,127.0.0.0/8,10.218.0.0/24,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,.example.org,10.0.0.0/8'
    END
    error_message = "The machines, the pods, the Services and what is named are reached without it."
  }

  assert {
    condition     = local.outside_files[2].content == <<-END
      Acquire::http::Proxy "http://proxy.example.com:3128";
      Acquire::https::Proxy "http://proxy.example.com:3128";
    END
    error_message = "apt asks the proxy for all that it fetches."
  }

  assert {
    condition     = yamldecode(local.worker_user_data["apps-worker-1"]).write_files[0] == yamldecode(local.control_plane_user_data).write_files[0]
    error_message = "Every machine is told the same."
  }
}

run "mirrors_that_are_reached_without_the_proxy" {
  command = plan

  variables {
    proxy                  = "http://proxy.example.com:3128"
    no_proxy               = [".example.org"]
    debian_mirror          = "http://10.218.0.1:8080/debian"
    debian_security_mirror = "https://mirror.example.org/debian-security"
    kubernetes_repository  = "https://packages.example.com/kubernetes"
  }

  assert {
    condition     = local.apt_unproxied == ["10.218.0.1", "mirror.example.org"]
    error_message = "Of the hosts that apt asks, those in a network or a domain of no_proxy are asked directly."
  }

  assert {
    condition     = strcontains(local.outside_files[2].content, "Acquire::https::Proxy::mirror.example.org \"DIRECT\";")
    error_message = "apt is told of each."
  }
}

run "debian_from_a_mirror" {
  command = plan

  variables {
    debian_mirror          = "https://mirror.example.com/debian"
    debian_security_mirror = "https://mirror.example.com/debian-security"
  }

  assert {
    condition     = strcontains(local.node_environment, "DEBIAN_MIRROR='https://mirror.example.com/debian'\nDEBIAN_SECURITY_MIRROR='https://mirror.example.com/debian-security'\n")
    error_message = "cluster-node is told both addresses."
  }
}

run "images_from_mirrors" {
  command = plan

  variables {
    registry_mirrors = {
      "docker.io"       = "https://mirror.example.com/v2/dockerhub"
      "registry.k8s.io" = "https://mirror.example.com:5000"
    }
  }

  assert {
    condition = { for file in local.outside_files : file.path => file.content } == {
      "/etc/containerd/certs.d/docker.io/hosts.toml"       = <<-END
        server = "https://mirror.example.com/v2/dockerhub"
        capabilities = ["pull", "resolve"]
        override_path = true

        [host."https://mirror.example.com/v2/dockerhub"]
          capabilities = ["pull", "resolve"]
          override_path = true
      END
      "/etc/containerd/certs.d/registry.k8s.io/hosts.toml" = <<-END
        server = "https://mirror.example.com:5000"
        capabilities = ["pull", "resolve"]
        override_path = false

        [host."https://mirror.example.com:5000"]
          capabilities = ["pull", "resolve"]
          override_path = false
      END
    }
    error_message = "A registry's mirror is asked and nothing after it, at a path under /v2 as it is."
  }
}

run "authorities_of_ones_own" {
  command = plan

  variables {
    authority_certificates = <<-END
      -----BEGIN CERTIFICATE-----
      MIIBkDCCATWgAwIBAgIUHOm1KaElURGeDYU7Li5A4/K9fzkwCgYIKoZIzj0EAwIw
      HDEaMBgGA1UEAwwRRXhhbXBsZSBhdXRob3JpdHkwIBcNMjYxMTI3MDgwMjA3WhgP
      MjEyNjExMDMwODAyMDdaMBwxGjAYBgNVBAMMEUV4YW1wbGUgYXV0aG9yaXR5MFkw
      EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIqNqDi3LnpTGdYNmpaVrmjw6HttdxE+Z
      mAL4gkwgMXqaDzGkIPxRtfKmyDq5HoyXuICh85RZiuiFn7rkLmq5eqNTMFEwHQYD
      VR0OBBYEFFlkMSrwFfDLQuimdoGwR0qf99IgMB8GA1UdIwQYMBaAFFlkMSrwFfDL
      QuimdoGwR0qf99IgMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIh
      AKsYMNxUGhocapTyXtzUW4YRFY6OJqiVisDPfClRqO7FAiEAy7sr6Du4y03kzw24
      beM393tD+rDUZbYs4DFr7mqOklU=
      -----END CERTIFICATE-----
      -----BEGIN CERTIFICATE-----
      MIIBkDCCATWgAwIBAgIUHOm1KaElURGeDYU7Li5A4/K9fzkwCgYIKoZIzj0EAwIw
      HDEaMBgGA1UEAwwRRXhhbXBsZSBhdXRob3JpdHkwIBcNMjYxMTI3MDgwMjA3WhgP
      MjEyNjExMDMwODAyMDdaMBwxGjAYBgNVBAMMEUV4YW1wbGUgYXV0aG9yaXR5MFkw
      EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIqNqDi3LnpTGdYNmpaVrmjw6HttdxE+Z
      mAL4gkwgMXqaDzGkIPxRtfKmyDq5HoyXuICh85RZiuiFn7rkLmq5eqNTMFEwHQYD
      VR0OBBYEFFlkMSrwFfDLQuimdoGwR0qf99IgMB8GA1UdIwQYMBaAFFlkMSrwFfDL
      QuimdoGwR0qf99IgMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIh
      AKsYMNxUGhocapTyXtzUW4YRFY6OJqiVisDPfClRqO7FAiEAy7sr6Du4y03kzw24
      beM393tD+rDUZbYs4DFr7mqOklU=
      -----END CERTIFICATE-----
    END
  }

  assert {
    condition     = [for file in local.outside_files : file.path] == ["/usr/local/share/ca-certificates/cluster-1.crt", "/usr/local/share/ca-certificates/cluster-2.crt"]
    error_message = "Each certificate is a file of its own."
  }

  assert {
    condition     = join("", [for file in local.outside_files : file.content]) == var.authority_certificates
    error_message = "They are as they were given."
  }
}

run "calico_from_elsewhere" {
  command = plan

  variables {
    calico_manifest_url = "https://mirror.example.com/calico/v3.32.3/calico.yaml"
  }

  assert {
    condition     = strcontains(local.control_plane_environment, "CALICO_MANIFEST='https://mirror.example.com/calico/v3.32.3/calico.yaml'")
    error_message = "The control plane fetches it from there."
  }
}
