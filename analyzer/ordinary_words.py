"""Words that are no one's name though an account may be called so: shared accounts, and words of everyday work."""

from __future__ import annotations

WORK = """
access account accounting accounts admin administrator agent agents agile alert alerts all analysis analyst analytics
android api app application apps architect architecture assurance audit auto automation backend backlog backup batch
billing board bot bots branch browser bug bugs build builder builds bulk business calendar campaign care catalog
center central centre change channel chat check checkout ci client clients cloud code commerce common communication
company compliance config connect connector consultant content contract contractor control core corporate crm customer
customers cycle dashboard data database default delivery demo deploy deployment deployments design designer desk dev
developer developers development devops digital director docs document documentation domain editor email engine
engineer engineering engineers enterprise error event events export external facilities feature feedback field finance
fix flow former frontend general generic git github gitlab global group growth guest head help helpdesk hosting house
human import importer incident incidents info infra infrastructure initiative inside integration integrations intern
internal inventory ios issue issues it item jenkins jira job jobs key knowledge lead leader leads legal library linear
link list live log login logistics logs mail maintenance management manager managers market marketing master media
member message messaging metrics migration mobile monitor monitoring network news night notification notifications
number office online open operations operator ops order orders owner page partner partners payment payments payroll
people performance personal phone pipeline plan planner planning platform plugin portal portfolio primary print
process product production products program programme project projects proxy public purchase qa quality queue release
releases remote report reporter reporting reports request requests research resource resources retail review reviewer
risk robot root router sales scheduled scheduler script scrum search second security self server service services
session settings setup shared shipping shop site slack software source space sprint staff staging standard status
store strategy super supply support survey sync system systems task tasks team teams tech technical technology
template test tester testers testing tests third ticket tickets time token tool tools tracker training translation
triage update updates user users validation vendor version video viewer virtual warehouse web webhook website wiki
work worker workflow workspace
"""

EVERYDAY = """
abstract clone cloned copied dummy duplicate external former hidden nobody none removed renamed sample someone titan
able about after again also always angel angle apple april archer arrow august autumn away back baker banner base
basic bear been before bell best beta bill bird black block blue bold book both bring brook brown bush card carry case
cash chain chance chase clean clear click close cold color cook cool copy cross daily dark dash date dawn days dean
deep delta done door down draft drag draw drew drop early east easy edge edit else empty even ever every faith fall
fast file fill final find fine fire first fish flat flip fold food form forth fox frank free fresh from full game gate
give gold good grace grant gray green grey guard hand handle hard have hawk high hill hold home hook hope host icon
idea image index inner into iris jack join joy july june junior just keep king knight label lake land large last late
layer leaf left less level life light like line little load local lock logic long look loop love made magic main make
march mark mason match maya mean menu merge mike mile miles mill mind mine mini miss mode model more most mouse move
name near need nest next nick noah none noon norm north note null ocean offer once only other over pack paint pair
park part pass past path pause peace pearl pick piece pilot pink place plain play point port post power press price
prime profile pull push quick rail rain raise ranger rate raven read ready real record reed reset rest rich ride right
ring rise river road robin rock role rose round route ruby rule safe sage same sample sand sandy save scale scan scope
score screen scroll seal send senior shift short show side sign silver simple since single size skip slow small smart
smith snow soft some sort sound south spark spell split spot spring stack stage star start state stay step still stone
stop storm stream string strong style summer sunny swap swift table take tank teal tell term text than that them theme
then there they thin this tick tiger till tips title today tone top total town trace track trade train tree true trust
turn type under unit until upload urban used value very view violet visit wait walk wall want ward warm watch water
wave well were west what when where while white wide will wind window winter wise wish with wolf wood word world write
year yellow young your zero zone
"""

ORDINARY = frozenset(WORK.split())
"""An account whose name holds nothing else is shared: *Release Manager*."""

HANDLES = ORDINARY | frozenset(EVERYDAY.split())
"""No user name that is one of these is taken for someone where it stands without an @."""

NOBODY = frozenset(
    {"former user", "anonymous user", "deleted user", "unknown user", "inactive user", "automation for jira"}
)
"""What trackers display where there is no one."""
