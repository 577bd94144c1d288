"""Every plain HTTP route, in the order in which they are tried; Streamlit's own come after."""

from __future__ import annotations

from starlette.routing import BaseRoute

from pages._web.account import ROUTES as ACCOUNT
from pages._web.assets import ROUTES as ASSETS
from pages._web.attachment_look import ROUTES as LOOKS
from pages._web.attachments import ROUTES as ATTACHMENTS
from pages._web.bulletins import ROUTES as BULLETINS
from pages._web.doctor import ROUTES as DOCTOR
from pages._web.downloads import ROUTES as DOWNLOADS
from pages._web.figure_files import ROUTES as FIGURES
from pages._web.filled_forms import ROUTES as FILLED_FORMS
from pages._web.finding import ROUTES as FINDING
from pages._web.geometry import ROUTES as GEOMETRY
from pages._web.guide import ROUTES as GUIDE
from pages._web.health import ROUTES as HEALTH
from pages._web.home import ROUTES as HOME
from pages._web.local_settings import ROUTES as LOCAL_SETTINGS
from pages._web.own_columns import ROUTES as OWN_COLUMNS
from pages._web.printing import ROUTES as PRINTING
from pages._web.rating_download import ROUTES as RATING
from pages._web.regions import ROUTES as REGIONS
from pages._web.revealed_download import ROUTES as REVEALED
from pages._web.setup import ROUTES as SETUP
from pages._web.signin import ROUTES as SIGNIN
from pages._web.single_sign_on import ROUTES as SINGLE_SIGN_ON
from pages._web.trust import ROUTES as TRUST

ROUTES: list[BaseRoute] = [
    *HEALTH,
    *TRUST,
    *HOME,
    *SETUP,
    *SIGNIN,
    *SINGLE_SIGN_ON,
    *ACCOUNT,
    *ASSETS,
    *GEOMETRY,
    *REGIONS,
    *DOCTOR,
    *LOCAL_SETTINGS,
    *DOWNLOADS,
    *PRINTING,
    *REVEALED,
    *FIGURES,
    *BULLETINS,
    *FILLED_FORMS,
    *RATING,
    *ATTACHMENTS,
    *LOOKS,
    *GUIDE,
    *FINDING,
    *OWN_COLUMNS,
]
