"""Numbers of nodes and what follows from them."""

from __future__ import annotations

import pytest

from simcore.kubelet.addresses import Numbers, node_ip, number_of, pod_cidr


@pytest.mark.parametrize(
    ("number", "cidr", "ip"),
    [
        (1, "10.244.1.0/24", "172.18.0.2"),
        (255, "10.244.255.0/24", "172.18.1.0"),
        (256, "10.245.0.0/24", "172.18.1.1"),
        (3071, "10.255.255.0/24", "172.18.12.0"),
        (3072, "10.100.0.0/24", "172.18.12.1"),
        (5000, "10.107.136.0/24", "172.18.19.137"),
    ],
)
def test_a_number_is_a_range_and_an_address(number: int, cidr: str, ip: str) -> None:
    assert (pod_cidr(number), node_ip(number), number_of(cidr)) == (cidr, ip, number)


@pytest.mark.parametrize("cidr", ["", "192.168.0.0/24", "10.0.0.0/24", "fd00::/64", "10.x.0.0/24"])
def test_other_ranges_belong_to_no_number(cidr: str) -> None:
    assert number_of(cidr) is None


def test_five_thousand_nodes_have_ranges_and_addresses_of_their_own() -> None:
    numbers = range(1, 5001)
    assert len({pod_cidr(n) for n in numbers}) == len({node_ip(n) for n in numbers}) == 5000
    assert not any(pod_cidr(n).startswith("10.96.") for n in numbers)


def test_the_lowest_free_number_comes_first() -> None:
    numbers = Numbers(1, 5)
    assert [numbers.take() for _ in range(3)] == [1, 2, 3]
    numbers.give_back(2)
    numbers.give_back(1)
    assert [numbers.take() for _ in range(5)] == [1, 2, 4, 5, None]


def test_numbers_that_were_taken_before_are_left_out() -> None:
    numbers = Numbers(1, 9, taken=[2, 4])
    assert not numbers.take_this(4)
    assert [numbers.take() for _ in range(3)] == [1, 3, 5]
    assert numbers.take_this(7)
    assert [numbers.take() for _ in range(3)] == [6, 8, 9]


def test_what_was_not_taken_cannot_be_given_back_twice() -> None:
    numbers = Numbers(1, 3)
    numbers.take()
    numbers.give_back(1)
    numbers.give_back(1)
    assert [numbers.take() for _ in range(4)] == [1, 2, 3, None]
