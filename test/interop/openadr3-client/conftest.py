# The clients that the cases of openadr3-client speak with, of our own OpenADR server; in the place of their own, which begin servers in containers.
import os
from dataclasses import dataclass

import pytest
from openadr3_client._auth.token_manager import OAuthTokenManagerConfig


@dataclass
class IntegrationTestVTNClient:
    vtn_base_url: str
    config: OAuthTokenManagerConfig
    openadr_client_id: str
    mqtt_broker_url: str | None = None
    allow_insecure_http: bool = True


def client(name: str) -> IntegrationTestVTNClient:
    url = os.environ["VTN_URL"]
    config = OAuthTokenManagerConfig(
        client_id=name, client_secret=os.environ[f"SECRET_{name}"], token_url=f"{url}/auth/token", scopes=None, audience=None
    )
    return IntegrationTestVTNClient(vtn_base_url=url, config=config, openadr_client_id=name)


@pytest.fixture(scope="session")
def vtn_openadr_310_bl_token() -> IntegrationTestVTNClient:
    return client("bl")


@pytest.fixture(scope="session")
def vtn_openadr_310_ven_token() -> IntegrationTestVTNClient:
    return client("ven")


@pytest.fixture(scope="session")
def vtn_openadr_310_ven2_token() -> IntegrationTestVTNClient:
    return client("ven2")
