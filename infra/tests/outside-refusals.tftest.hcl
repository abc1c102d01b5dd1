# What is refused of what machines are told of the outside, each with the sentence of its variable.
mock_provider "libvirt" {}

variables {
  base_image_url    = "https://images.example.com/debian.qcow2"
  base_image_sha512 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  ssh_public_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyWithoutAPrivateOne operator@example.com"]
}

run "proxy_with_a_password" {
  command = plan

  variables {
    proxy = "http://name:password@proxy.example.com:3128"
  }

  expect_failures = [var.proxy]
}

run "proxy_without_a_scheme" {
  command = plan

  variables {
    proxy = "proxy.example.com:3128"
  }

  expect_failures = [var.proxy]
}

run "proxy_with_a_path" {
  command = plan

  variables {
    proxy = "http://proxy.example.com:3128/"
  }

  expect_failures = [var.proxy]
}

run "star_without_a_proxy" {
  command = plan

  variables {
    no_proxy = ["*.example.com"]
  }

  expect_failures = [var.no_proxy]
}

run "list_in_one_entry_without_a_proxy" {
  command = plan

  variables {
    no_proxy = ["example.com,example.org"]
  }

  expect_failures = [var.no_proxy]
}

run "port_without_a_proxy" {
  command = plan

  variables {
    no_proxy = ["example.com:443"]
  }

  expect_failures = [var.no_proxy]
}

run "network_that_is_none_without_a_proxy" {
  command = plan

  variables {
    no_proxy = ["10.0.0.0/33"]
  }

  expect_failures = [var.no_proxy]
}

run "authority_that_is_a_file" {
  command = plan

  variables {
    authority_certificates = "/etc/ssl/authority.pem"
  }

  expect_failures = [var.authority_certificates]
}

run "authority_with_its_key" {
  command = plan

  variables {
    authority_certificates = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
  }

  expect_failures = [var.authority_certificates]
}

run "authority_that_is_cut_short" {
  command = plan

  variables {
    authority_certificates = "-----BEGIN CERTIFICATE-----\nMIIB\n"
  }

  expect_failures = [var.authority_certificates]
}

run "authority_that_is_no_certificate" {
  command = plan

  variables {
    authority_certificates = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
  }

  expect_failures = [var.authority_certificates]
}

run "mirror_of_debian_that_is_a_host" {
  command = plan

  variables {
    debian_mirror          = "mirror.example.com"
    debian_security_mirror = "https://mirror.example.com/debian-security"
  }

  expect_failures = [var.debian_mirror]
}

run "mirror_of_debian_with_a_password" {
  command = plan

  variables {
    debian_mirror          = "https://name:password@mirror.example.com/debian"
    debian_security_mirror = "https://mirror.example.com/debian-security"
  }

  expect_failures = [var.debian_mirror]
}

run "mirror_of_debian_without_its_security" {
  command = plan

  variables {
    debian_mirror = "https://mirror.example.com/debian"
  }

  expect_failures = [var.debian_security_mirror]
}

run "mirror_of_debians_security_with_a_quote" {
  command = plan

  variables {
    debian_mirror          = "https://mirror.example.com/debian"
    debian_security_mirror = "https://mirror.example.com/debian-security'"
  }

  expect_failures = [var.debian_security_mirror]
}

run "mirror_of_an_image" {
  command = plan

  variables {
    registry_mirrors = { "docker.io/library" = "https://mirror.example.com" }
  }

  expect_failures = [var.registry_mirrors]
}

run "mirror_of_a_registry_without_tls" {
  command = plan

  variables {
    registry_mirrors = { "docker.io" = "http://mirror.example.com" }
  }

  expect_failures = [var.registry_mirrors]
}

run "mirror_of_a_registry_with_a_password" {
  command = plan

  variables {
    registry_mirrors = { "docker.io" = "https://name:password@mirror.example.com" }
  }

  expect_failures = [var.registry_mirrors]
}

run "mirror_of_a_registry_with_a_slash" {
  command = plan

  variables {
    registry_mirrors = { "docker.io" = "https://mirror.example.com/" }
  }

  expect_failures = [var.registry_mirrors]
}

run "manifest_of_calico_without_tls" {
  command = plan

  variables {
    calico_manifest_url = "http://mirror.example.com/calico.yaml"
  }

  expect_failures = [var.calico_manifest_url]
}

run "manifest_of_calico_with_a_password" {
  command = plan

  variables {
    calico_manifest_url = "https://name:password@mirror.example.com/calico.yaml"
  }

  expect_failures = [var.calico_manifest_url]
}

run "quote_in_the_address_of_the_packages" {
  command = plan

  variables {
    kubernetes_repository = "https://packages.example.com/'kubernetes"
  }

  expect_failures = [var.kubernetes_repository]
}
