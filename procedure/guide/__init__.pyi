from .opening_hours import reachable as reachable
from .steps import Contact as Contact
from .steps import Procedure as Procedure
from .steps import Step as Step
from .walk import Walk as Walk
