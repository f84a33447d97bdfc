//! Whether pods fit the nodes of a cluster: first fit, largest share first.

/// Free CPU in millicores and memory in bytes.
pub(super) type Free = (u64, u64);

/// A component's pods on one cluster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) replicas: u64,
    pub(super) cpu: u64,
    pub(super) memory: u64,
    /// One pod on every usable node.
    pub(super) daemon: bool,
    /// Usable nodes by index; `None` means all.
    pub(super) nodes: Option<&'a [bool]>,
}

/// Packs items in their order over the nodes; daemons come first. `free` is scratch and holds what is left.
pub(super) fn fits<'a>(items: impl Iterator<Item = Item<'a>> + Clone, free: &mut [Free]) -> bool {
    items.clone().filter(|item| item.daemon).all(|item| everywhere(&item, free))
        && items.filter(|item| !item.daemon).all(|item| first_fit(&item, free))
}

fn usable(item: &Item<'_>, node: usize) -> bool {
    item.nodes.is_none_or(|nodes| nodes[node])
}

fn everywhere(item: &Item<'_>, free: &mut [Free]) -> bool {
    if item.replicas == 0 {
        return true;
    }
    for (index, node) in free.iter_mut().enumerate().filter(|(index, _)| usable(item, *index)) {
        let _ = index;
        if node.0 < item.cpu || node.1 < item.memory {
            return false;
        }
        *node = (node.0 - item.cpu, node.1 - item.memory);
    }
    true
}

fn first_fit(item: &Item<'_>, free: &mut [Free]) -> bool {
    let mut left = item.replicas;
    for (index, node) in free.iter_mut().enumerate() {
        if left == 0 {
            return true;
        }
        if !usable(item, index) {
            continue;
        }
        let by_cpu = node.0.checked_div(item.cpu).unwrap_or(u64::MAX);
        let by_memory = node.1.checked_div(item.memory).unwrap_or(u64::MAX);
        let here = left.min(by_cpu).min(by_memory);
        *node = (node.0 - here * item.cpu, node.1 - here * item.memory);
        left -= here;
    }
    left == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(replicas: u64, cpu: u64, memory: u64) -> Item<'static> {
        Item { replicas, cpu, memory, daemon: false, nodes: None }
    }

    #[test]
    fn replicas_spread_over_nodes_but_a_pod_never_splits() {
        assert!(fits([item(3, 400, 10)].into_iter(), &mut [(1000, 100), (500, 100)]));
        assert!(!fits([item(1, 600, 10)].into_iter(), &mut [(500, 100), (500, 100)]), "the sum would be enough");
        assert!(!fits([item(3, 400, 60)].into_iter(), &mut [(1000, 100), (500, 100)]), "memory counts too");
    }

    #[test]
    fn daemons_take_a_share_of_every_node() {
        let daemon = Item { daemon: true, ..item(1, 300, 1) };
        assert!(fits([item(2, 700, 1), daemon].into_iter(), &mut [(1000, 9), (1000, 9)]));
        assert!(!fits([item(2, 800, 1), daemon].into_iter(), &mut [(1000, 9), (1000, 9)]));
        let masked = Item { nodes: Some(&[true, false]), ..daemon };
        assert!(fits([masked, item(1, 1000, 1)].into_iter(), &mut [(300, 9), (1000, 9)]));
    }
}
