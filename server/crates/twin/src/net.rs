//! Loopback addresses of a cluster: a slot of 127.96.0.0/12 for Services and nodes, one of 127.128.0.0/10
//! for pods. A slot is held by a listener, so that clusters of one machine never share addresses.

use std::{
    collections::HashSet,
    net::{Ipv4Addr, SocketAddrV4, TcpListener},
};

const SLOTS: u32 = 1024;
const GUARD_PORT: u16 = 64_999;
const SERVICES_PER_SLOT: u32 = 1024;
const PODS_PER_SLOT: u32 = 4096;

/// Addresses of one cluster.
#[derive(Debug)]
pub struct Net {
    slot: u32,
    next_pod: u32,
    /// Holds the slot for as long as the cluster runs.
    _guard: Option<TcpListener>,
}

impl Net {
    /// Takes the wanted slot, or the next free one.
    pub fn take(wanted: u32) -> Self {
        for step in 0..SLOTS {
            let slot = (wanted + step) % SLOTS;
            let address = SocketAddrV4::new(service_address(slot, 0), GUARD_PORT);
            if let Ok(guard) = TcpListener::bind(address) {
                return Self { slot, next_pod: 0, _guard: Some(guard) };
            }
        }
        // Where loopback has a single address (not Linux) pods are simulated and slots do not matter.
        Self { slot: wanted % SLOTS, next_pod: 0, _guard: None }
    }

    /// The slot number, kept over restarts.
    pub fn slot(&self) -> u32 {
        self.slot
    }

    /// The address of a node by its index.
    pub fn node(&self, index: usize) -> String {
        let last = SERVICES_PER_SLOT - 2 - u32::try_from(index % 128).unwrap_or(0);
        service_address(self.slot, last).to_string()
    }

    /// A free address for a Service, `None` when all are taken.
    pub fn service(&self, taken: &HashSet<String>) -> Option<String> {
        (1..SERVICES_PER_SLOT - 160)
            .map(|host| service_address(self.slot, host).to_string())
            .find(|address| !taken.contains(address))
    }

    /// Whether an address lies in the cluster's service range.
    pub fn is_service(&self, address: &str) -> bool {
        address.parse::<Ipv4Addr>().is_ok_and(|address| {
            let base = u32::from(service_address(self.slot, 0));
            (base + 1..base + SERVICES_PER_SLOT - 160).contains(&u32::from(address))
        })
    }

    /// The service range in CIDR form.
    pub fn service_range(&self) -> String {
        format!("{}/22", service_address(self.slot, 0))
    }

    /// The address of a LoadBalancer by a stable number.
    pub fn load_balancer(&self, taken: &HashSet<String>) -> Option<String> {
        (SERVICES_PER_SLOT - 160..SERVICES_PER_SLOT - 130)
            .map(|host| service_address(self.slot, host).to_string())
            .find(|address| !taken.contains(address))
    }

    /// A pod address nobody holds.
    pub fn pod(&mut self, taken: &HashSet<String>) -> String {
        loop {
            self.next_pod = self.next_pod % (PODS_PER_SLOT - 2) + 1;
            let base = u32::from(Ipv4Addr::new(127, 128, 0, 0)) + self.slot * PODS_PER_SLOT;
            let address = Ipv4Addr::from(base + self.next_pod).to_string();
            if !taken.contains(&address) || taken.len() >= PODS_PER_SLOT as usize - 2 {
                return address;
            }
        }
    }
}

fn service_address(slot: u32, host: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 96, 0, 0)) + slot * SERVICES_PER_SLOT + host)
}
