"""The ledger's books as tables, for SQLite and PostgreSQL alike.

Amounts are integer cents: a debit is positive, a credit negative. Dates and times are ISO 8601 text, hashes lower-case
hex.
No table has a row-level foreign key on the way of a posting: what a batch names is checked as a set, once per batch
(reference/performance.md, section 4: such a key is 4.4 times the cost of posting).
"""

from countertui.ledger.tables.accounts import brought_credit as brought_credit
from countertui.ledger.tables.accounts import superseded as superseded
from countertui.ledger.tables.columns import metadata as metadata
from countertui.ledger.tables.custody import batch as batch
from countertui.ledger.tables.custody import counter as counter
from countertui.ledger.tables.custody import inbox as inbox
from countertui.ledger.tables.custody import offered_again as offered_again
from countertui.ledger.tables.custody import record as record
from countertui.ledger.tables.custody import rejected as rejected
from countertui.ledger.tables.custody import state as state
from countertui.ledger.tables.custody import terminal as terminal
from countertui.ledger.tables.deposits import deposit as deposit
from countertui.ledger.tables.deposits import deposit_carried as deposit_carried
from countertui.ledger.tables.deposits import deposit_waits as deposit_waits
from countertui.ledger.tables.deposits import deposit_waits_bag as deposit_waits_bag
from countertui.ledger.tables.deposits import deposited_bag as deposited_bag
from countertui.ledger.tables.desk import at_bank as at_bank
from countertui.ledger.tables.desk import bag as bag
from countertui.ledger.tables.desk import bank_balance as bank_balance
from countertui.ledger.tables.desk import bank_entry as bank_entry
from countertui.ledger.tables.desk import bank_file as bank_file
from countertui.ledger.tables.desk import bank_line as bank_line
from countertui.ledger.tables.desk import check_taken as check_taken
from countertui.ledger.tables.desk import corrected as corrected
from countertui.ledger.tables.desk import couriered as couriered
from countertui.ledger.tables.desk import deposited as deposited
from countertui.ledger.tables.desk import desk_signature as desk_signature
from countertui.ledger.tables.desk import dropped as dropped
from countertui.ledger.tables.desk import kept_rows as kept_rows
from countertui.ledger.tables.desk import lead as lead
from countertui.ledger.tables.desk import paid_before as paid_before
from countertui.ledger.tables.desk import payable as payable
from countertui.ledger.tables.desk import payment_file as payment_file
from countertui.ledger.tables.desk import period as period
from countertui.ledger.tables.desk import returned as returned
from countertui.ledger.tables.desk import tie_out_signed as tie_out_signed
from countertui.ledger.tables.desk import turn as turn
from countertui.ledger.tables.desk import verifier_was as verifier_was
from countertui.ledger.tables.desk_wire import desk_act as desk_act
from countertui.ledger.tables.desk_wire import desk_number as desk_number
from countertui.ledger.tables.desk_wire import desk_session as desk_session
from countertui.ledger.tables.general_ledger import day as day
from countertui.ledger.tables.general_ledger import entry as entry
from countertui.ledger.tables.general_ledger import error_item as error_item
from countertui.ledger.tables.general_ledger import gl_balance as gl_balance
from countertui.ledger.tables.general_ledger import gl_line as gl_line
from countertui.ledger.tables.general_ledger import paid_over as paid_over
from countertui.ledger.tables.live import alarm as alarm
from countertui.ledger.tables.live import provisional as provisional
from countertui.ledger.tables.live import reserved as reserved
from countertui.ledger.tables.live import witnessed as witnessed
from countertui.ledger.tables.log import checkpoint as checkpoint
from countertui.ledger.tables.log import log_tile as log_tile
from countertui.ledger.tables.people import last_login as last_login
from countertui.ledger.tables.people import operator_change as operator_change
from countertui.ledger.tables.people import operator_role as operator_role
from countertui.ledger.tables.people import rights_review as rights_review
from countertui.ledger.tables.people import sign_in_state as sign_in_state
from countertui.ledger.tables.personal import personal as personal
from countertui.ledger.tables.published import key_of as key_of
from countertui.ledger.tables.published import reference as reference
from countertui.ledger.tables.published import removed as removed
from countertui.ledger.tables.published import serves as serves
from countertui.ledger.tables.published import snapshot as snapshot
from countertui.ledger.tables.published import snapshot_share as snapshot_share
from countertui.ledger.tables.registry import awaited as awaited
from countertui.ledger.tables.registry import enrolment as enrolment
from countertui.ledger.tables.registry import registry_entry as registry_entry
from countertui.ledger.tables.registry import terminal_key as terminal_key
from countertui.ledger.tables.sessions import session as session
from countertui.ledger.tables.sessions import session_tender as session_tender
from countertui.ledger.tables.taken import counted as counted
from countertui.ledger.tables.taken import gl_day as gl_day
from countertui.ledger.tables.taken import number_run as number_run
from countertui.ledger.tables.taken import session_taken as session_taken
from countertui.ledger.tables.undoing import answered as answered
from countertui.ledger.tables.undoing import rules_used as rules_used
from countertui.ledger.tables.undoing import undone as undone
from countertui.ledger.tables.undoing import unposted as unposted
