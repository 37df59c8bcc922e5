from .contact_hours import reachable as reachable
from .steps import Contact as Contact, Procedure as Procedure, Step as Step
from .walk import Walk as Walk
