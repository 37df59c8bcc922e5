from .model import Handbook as Handbook, Words as Words
from .reader import read_handbook as read_handbook
from .tree_checks import check_tree as check_tree
