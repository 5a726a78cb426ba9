"""Addresses that can be read, from titles in any script."""

import pytest

from opendev.core.slugs import readable_slug
from sessions.programme.services.numbering import free_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Telco + Network Function", "telco-network-function"),
        ("Kata’s VMs w/ k8s", "katas-vms-w-k8s"),
        ("Eröffnung: Straße & Ørsted – Łódź", "eroffnung-strasse-orsted-lodz"),
        ("OpenStack 与容器并用（不含 k8s）", "openstack-yu-rong-qi-bing-yong-bu-han-k8s"),
        ("Provider OpenStack（OpenStack 与 k8s）", "provider-openstack-openstack-yu-k8s"),
        ("Київ, Αθήνα", "kiiv-athina"),
        ("서울 밋업", "seoul-miseob"),
        ("हिन्दी", "hindi"),
        ("ＡＢＣ ﬁn", "abc-fin"),
        ("Nova 日本語でのライブ移行", "nova"),
        ("القاهرة Kubernetes", "kubernetes"),
        ("🎉", ""),
    ],
)
def test_titles_are_written_by_sound_where_that_can_be_read(title: str, slug: str):
    assert readable_slug(title) == slug


def test_a_title_without_a_readable_form_gets_a_number():
    assert free_slug("القاهرة", {"session"}) == "session-2"
    assert free_slug("开场", {"kai-chang"}) == "kai-chang-2"
