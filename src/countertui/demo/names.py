"""The lists behind the demo city's names. Common words put together: none of these people, firms or streets exist."""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace("\n", ",").split(",") if word.strip())


GIVEN = _listed(
    """
    James,Mary,Robert,Linda,John,Patricia,Maria,David,Susan,William,Karen,Jose,Lisa,Daniel,Nancy,Anna,Carlos,Laura
    Thomas,Sarah,Kevin,Rosa,Brian,Emma,Luis,Grace,Peter,Ruth,Mark,Helen,Paul,Diane,George,Alice,Steven,Carmen,Eric
    Julia,Frank,Teresa,Henry,Joan,Juan,Judith,Walter,Irene,Samuel,Norma,Arthur,Elena,Ray,Sylvia,Albert,Gloria,Joseph
    Marta,Roy,Janet,Victor,Clara,Louis,Edith,Martin,Lucy,Oscar,Wanda,Ralph,Stella,Leo,Vera,Hugo,Nina,Ivan,June,Felix
    Pearl,Otto,Iris,Max,Olive,Carl,Hazel,Earl,Fern,Glen,Ivy,Dale,Opal,Troy,Faith,Wade,Hope,Joel,Dawn,Neil,Gail,Kurt
    José,André,Zoë,Renée,Noël,Chloë,Jesús,María,Inés,Sofía,Raúl,Mónica,Søren,Björn,Jürgen,Małgorzata,Amélie,Léa,Íñigo
    Amina,Kofi,Priya,Arjun,Mei,Hiro,Yuki,Tariq,Leila,Omar,Fatima,Ravi,Anh,Minh,Linh,Kenji,Aiko,Noor,Samir,Zara,Dmitri
    Tamika,Darnell,Keisha,Jamal,Ebony,Marcus,Tyrone,Desmond,Imani,Malik,Nia,Beth,Seth,Tess,Dean,Nora,Olga,Mary Ann
    """
)
"""Given names, the frequent ones first."""

_COMMON = _listed(
    """
    Smith,Johnson,Garcia,Williams,Brown,Miller,Jones,Martinez,Davis,Lopez,Wilson,Anderson,Gonzalez,Taylor,Thomas,Moore
    Jackson,Lee,Perez,White,Harris,Clark,Lewis,Walker,Hall,Young,Allen,King,Wright,Scott,Green,Baker,Adams,Nelson,Hill
    Carter,Mitchell,Roberts,Turner,Phillips,Parker,Evans,Edwards,Collins,Stewart,Morris,Rogers,Reed,Cook,Morgan,Bell
    Murphy,Bailey,Cooper,Howard,Ward,Brooks,Gray,Wood,Ross,Price,Long,Foster,Powell,Butler,Barnes,Fisher,Henderson
    Jenkins,Perry,Russell,Griffin,West,Cole,Hayes,Ford,Stone,Hunt,Black,Knight,Palmer,Mills,Grant,Ferguson,Rose,Dunn
    O'Brien,O'Connor,O'Neill,D'Angelo,D'Souza,McDonald,McCarthy,MacLeod,Núñez,Muñoz,Peña,Ibáñez,Gutiérrez,Chávez
    Hernández,Rodríguez,Müller,Schröder,Jäger,Özdemir,Çelik,Lefèvre,Bélanger,Côté,Åkesson,Sørensen,Jørgensen,Nowak
    Kowalska,Wójcik,Novák,Dvořák,Nguyễn,Trần,Phạm,Kim,Choi,Chen,Wang,Liu,Zhang,Patel,Singh,Khan,Ali,Hussein
    Okafor,Adeyemi,Mensah,Diallo,Tesfaye,Tanaka,Sato,Suzuki,Yamada,Kaur,Sharma,Gupta,Rahman,Haddad,Nasser,Cohen,Levy
    Van Dyke,Van der Berg,De la Cruz,St. Clair,Garcia-Lopez,Smith-Jones,Begay,Yazzie,Redcloud,Kealoha,Delgado,Rivera
    """
)
_FIRST_PARTS = _listed(
    """
    Ash,Birch,Brook,Cold,Dun,East,Fair,Glen,Green,Hart,Hazel,Hol,Kings,Lang,Lind,Mar,Moss,New,North,Oak,Old,Pem,Rad
    Rock,Rush,Shel,Stan,Stock,Sut,Thorn,Wake,Wal,Whit,Win
    """
)
_LAST_PARTS = _listed("ford,ley,ton,worth,ham,field,well,by,more,dale,stead,gate,bury,shaw,land,wick,man,er")

SURNAMES = (*_COMMON, *(first + last for last in _LAST_PARTS for first in _FIRST_PARTS))
"""Surnames, the frequent ones first."""

_STREET_WORDS = _listed(
    """
    Main,Oak,Park,Elm,Maple,Cedar,Pine,Lake,Hill,Walnut,Spring,Ridge,Church,Willow,Mill,River,Sunset,Railroad,Cherry
    Highland,Birch,School,Dogwood,Chestnut,Locust,Meadow,Forest,Hickory,Center,Prospect,1st,2nd,3rd,4th,5th,6th,7th
    8th,9th,10th,11th,12th,13th,14th,Poplar,Pleasant,Valley,Alder,Spruce,Grove,Laurel,Orchard,Holly,Juniper,Quarry
    Foundry,Depot,Canal,Harbor,Ferry,Falls,Cascade,Basin,Bluff,Canyon,Mesa,Prairie,Heron,Kestrel,Falcon,Otter,Beaver
    Salmon,Trout,Elk,Juárez,Peña,São Tomé,St. Mark's,Queen Anne's,County Line
    """
)
_COMPOUND_STREETS = tuple(
    f"{first} {last}"
    for last in ("Creek", "Hollow", "View", "Crossing", "Glen")
    for first in ("Fox", "Deer", "Quail", "Stone", "Sandy", "Timber", "Autumn", "Silver", "Copper", "Misty", "Eagle")
)

STREETS = tuple(
    f"{word} {suffix}"
    for suffix in ("St", "Ave", "Dr", "Rd", "Ln", "Ct", "Way", "Pl", "Blvd")
    for word in (*_STREET_WORDS, *_COMPOUND_STREETS)
)
"""Streets with their suffix, the frequent ones first."""

TRADES = _listed(
    """
    Bakery,Plumbing,Electric,Roofing,Landscaping,Cafe,Diner,Auto Repair,Hardware,Dental,Laundry,Books,Nursery,Brewing
    Catering,Painting,Pharmacy,Salon,Florist,Masonry,Towing,Storage,Grocery,Print Shop,Bicycle Works,Day Care,Yoga
    Veterinary,Welding,Drywall,Flooring,Tax Service,Realty,Barbers,Pizza,Taqueria,Pho House,Tailoring,Moving
    """
)
"""What businesses do."""

BUSINESS_WORDS = _listed(
    """
    Alder,Cascade,Granite,Riverbend,Summit,Blue Heron,Golden,Three Pines,Main Street,Old Mill,Lucky,Northside,Harvest
    Copper Kettle,Red Door,Union,Evergreen,Silver Birch,La Esquina,Café Niño,Two Rivers,Foothill,Lantern,Anchor,Beacon
    """
)
"""What businesses are called, before what they do."""

BUSINESS_FORMS = ("LLC", "Inc.", "Co.", "L.L.C.", "& Co.", "Services", "PLLC", "of Alder Falls")
"""How the names of businesses end."""
