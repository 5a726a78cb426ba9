"""The demo's recap carries every fact of the real event."""

import html
import re

import pytest

FACTS = {
    "the event": [
        "OpenDev: Containers in Production",
        "virtual series of 2020, part three",
        "OpenStack Foundation (OSF)",
        "10 to 12 August 2020",
        "700+ participants",
        "470 companies",
        "70+ countries",
        "More than 700 people registered, from more than 70 countries and 470 companies.",
        "Gergely Csatari, Kendall Nelson, Lingxian Kong and Qihui Zhao",
        "Platinum and Gold members of the OpenStack Foundation",
    ],
    "1": [
        "Allison Price (OpenStack Foundation, Senior Marketing Manager)",
        "Ashlee Fergerson (OpenStack Foundation, Community & Events Coordinator)",
        "4.3 billion US dollars by 2022",
        "together 12 billion by 2023",
        "451 Research’s Market Monitor",
        "2019 OpenStack User Survey",
        "which container and PaaS tools people use to manage applications on OpenStack",
        "openstack.org/analytics",
        "2019 OpenStack User Survey: which container and PaaS tools manage applications on OpenStack",
    ],
    "2": [
        "Demo: monitoring container usage with Kata Containers, Kubernetes, Prometheus and Grafana",
        "Presented by Xu Wang (Ant Group, senior staff engineer) and Bin Liu (Ant Group).",
        "Is there a continuous data stream from the shim to the Kata agent to get the metrics?",
        "How large are the virtual machines with Kata Containers?",
        "monitoring-demo-recording",
    ],
    "3": [
        "Using OpenStack + Containers Together: OpenStack + Other Container Projects (not k8s)",
        "Moderated by Spyros Trigazis (CERN, computer engineer).",
        "What kinds of images do people consume, and how do they build them?",
        "CERN builds its images with Zuul and OpenStack Magnum",
        "Gergely Csatari (Nokia) asked which base images CERN uses, and how they were started from scratch",
        "using OpenStack and containers together, and to what users require",
        "openstack-and-other-container-projects-recording",
    ],
    "4": [
        "OpenStack Projects that Interface with k8s (also related projects like Metal3 and Kata Containers)",
        "Moderated by John Garbutt (Stack HPC, principal engineer).",
        "Two live polls opened the session",
        "Where are you with OpenStack and Kubernetes today?",
        "What do you use to create Kubernetes clusters on OpenStack?",
        "The majority of the 176 who voted, 97 (55%), chose “Both together, in production”.",
        "had come to hear more, so as to solve their challenges",
        "The three most named by the 164 who voted were “Magnum” (52), “Rancher” (38) and “kubespray” (31).",
        "disposable and long-lived clusters",
        "many integration challenges and strategies of implementation were shared",
        "Performance and accelerators between Kubernetes and OpenStack",
        "in the OpenStack SIGs",
        "openstack-projects-that-interface-with-k8s-recording",
    ],
    "5": [
        "SIG Cloud Provider + Provider OpenStack (openstack w/ k8s)",
        "Anusha Ramineni (NEC, technical specialist) and Christoph Glaubitz (iNNOVO Cloud GmbH, cloud architect)",
        "A short introduction of both projects opened the session.",
        "application management on Kubernetes",
        "how Kubernetes deploys on top of OpenStack, and OpenStack run on top of Kubernetes",
        "makes OpenStack create load balancers and more",
        "sig-cloud-provider-recording",
    ],
    "6": [
        "Telco + Network Function",
        "Moderated by Gergely Csatari (Nokia, senior specialist).",
        "Why do telecom workloads need additions to Kubernetes to run in production?",
        "what telecom equipment requires",
        "different extensions of Kubernetes",
        "what kind of network API telcos should have",
        "“Networking API for Kubernetes” (add your name on line 98)",
        "“Agreeing on workload separation” (add your name on line 72)",
        "Sign up on line 98",
        "Sign up on line 72",
        "telco-network-function-recording",
    ],
    "7": [
        "Security + Isolation",
        "Moderated by Xu Wang (Ant Group, senior staff engineer).",
        "Container runtimes",
        "Kubernetes clusters on top of OpenStack for tenant isolation",
        "protect the host from malicious container apps",
        "best practices for securing containers",
        "security guidance for telco network functions",
        "demo-link/security-guidance-for-telco-network-functions",
        "security-isolation-recording",
    ],
    "next steps": [
        "Large Scale Usage of Open Infrastructure",
        "Hardware Automation",
        "Open Infrastructure Summit",
        "Monday 19 to Friday 23 October 2020. Virtual. Registration is open and free of charge.",
        "Project Teams Gathering (PTG)",
        "Monday 26 to Friday 30 October 2020. Virtual, and open to all OSF projects.",
        "Teams sign up for their time slots; the schedule follows.",
    ],
}


def words_of(page):
    """The page's words and the addresses of its links, without the marks of footnotes."""
    text = re.sub(r'<sup class="note-mark">.*?</sup>|<svg.*?</svg>', "", page, flags=re.DOTALL)
    text = re.sub(r'href="([^"]+)"[^>]*>', r"> \1 ", text)
    return folded(html.unescape(re.sub(r"<[^>]+>", " ", text)))


def folded(text):
    return re.sub(r"\s+", " ", text)


def words_of_markdown(text):
    return folded(re.sub(r"\[\^\d+\]|[*]{2}|\\(?=\W)", "", text)).replace("- ", "")


def words_of_text(text):
    return folded(re.sub(r"\s\[\d+\]", "", text))


def missing_in(words):
    missing = {part: [fact for fact in facts if fact not in words] for part, facts in FACTS.items()}
    return {part: facts for part, facts in missing.items() if facts}


@pytest.mark.django_db
def test_recap_of_the_demo_carries_every_fact_on_the_page_and_in_every_file(client, demo):
    def read(ending):
        return client.get(f"/{demo.slug}/recap{ending}").content.decode()

    words = words_of(read("/"))
    assert missing_in(words) == {}
    titles = [FACTS[part][0] for part in "2345"]
    assert [words.index(title) for title in titles] == sorted(words.index(title) for title in titles)
    assert "made up" in words
    page = read(".html")
    assert missing_in(words_of(page)) == {}
    assert re.findall(r'src=|<link|<script|href="/', page) == []
    assert missing_in(words_of_markdown(read(".md"))) == {}
    assert missing_in(words_of_text(read(".txt"))) == {}
