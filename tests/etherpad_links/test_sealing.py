"""Keys at rest."""

from etherpad_links.sealing import seal, unseal


def test_sealed_key_opens_and_does_not_show():
    sealed = seal("api-key-of-the-pad-server")
    assert "api-key" not in sealed
    assert unseal(sealed) == "api-key-of-the-pad-server"
    assert seal("") == unseal("") == ""


def test_key_survives_a_new_secret_key_with_its_fallback(settings):
    sealed = seal("api-key")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert unseal(sealed) == "api-key"


def test_key_sealed_with_a_lost_secret_is_gone_and_breaks_nothing(settings):
    sealed = seal("api-key")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, []
    assert unseal(sealed) == unseal("nonsense") == ""
