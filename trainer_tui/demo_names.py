"""The names in the made-up book: people in many scripts, places, and what stands on their doors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STUDIO: Final = "Quay studio"
TRAINERS: Final = ("sam", "alex", "mina", "jo")

NAMES: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    (
        "{given} {family}",
        ("Alice", "Ben", "Charlotte", "Daniel", "Eleanor", "Frank", "Grace", "Henry", "Imogen", "Jack", "Martha"),
        ("Ashworth", "Bennett", "Carr-Whitlock", "Dunmore", "Ellery", "Fenwick", "Holloway", "Lang", "Penrose"),
    ),
    (
        "{given} {family}",
        ("Aarav", "Deepa", "Farhan", "Ishaan", "Kavitha", "Lakshmi", "Meera", "Nikhil", "Rohan", "Sunita"),
        ("Banerjee", "Chatterjee", "Desai", "Iyer", "Krishnamurthy", "Mehta", "Nair", "Reddy", "Venkataraman"),
    ),
    (
        "{family}{given}",
        ("美玲", "志强", "晓明", "雅婷", "建国", "淑芬", "思远", "丽华"),
        ("陈", "林", "王", "张", "黄", "欧阳", "刘", "周"),
    ),
    (
        "{given} {family}",
        ("محمد", "فاطمة", "يوسف", "ليلى", "عمر", "نور", "خالد", "سلمى"),
        ("العلي", "حداد", "الخطيب", "منصور", "الشريف", "قاسم", "درويش"),
    ),
    (
        "{given} {family}",
        ("Дмитрий", "Ольга", "Людмила", "Игорь", "Наталья", "Юрий", "Светлана", "Фёдор"),
        ("Шевченко", "Кузьмин", "Бондаренко", "Лебедев", "Зайцев", "Николаев", "Щербаков", "Журавль"),
    ),
    (
        "{given} {family}",
        ("Ελένη", "Γιώργος", "Σοφία", "Δημήτρης", "Κατερίνα", "Θανάσης", "Αγγελική", "Ξένια"),
        ("Παπαδοπούλου", "Γεωργίου", "Νικολαΐδης", "Βασιλείου", "Δημητρίου", "Μαυρίδης", "Ιωαννίδης"),
    ),
    (
        "{family} {given}",
        ("Thị Hồng Nhung", "Văn Đức", "Thị Diễm", "Quốc Việt", "Thùy Dương", "Hữu Phước", "Ngọc Ánh"),
        ("Nguyễn", "Trần", "Phạm", "Đỗ", "Vũ", "Bùi", "Đặng", "Huỳnh"),
    ),
    (
        "{given} {family}",
        ("Łukasz", "Małgorzata", "Zbigniew", "Agnieszka", "Paweł", "Świętosława", "Grażyna", "Jędrzej"),
        ("Wójcik", "Szczęsny", "Brzęczyszczykiewicz", "Kowalczyk", "Dąbrowska-Nowak", "Żak", "Jabłoński"),
    ),
    (
        "{given} {family}",
        ("Síle", "Pádraig", "Aoife", "Ciarán", "Niamh", "Eoghan", "Gráinne", "Tadhg"),
        ("O'Donnell", "O'Brien", "Ní Dhomhnaill", "Mac Giolla Phádraig", "O'Sullivan-Beare", "McCabe", "Byrne"),
    ),
    (
        "{given} {family}",
        ("Ana María", "João", "Håkon", "Zoë", "Jürgen", "Élodie", "Çağla", "Þórunn"),
        ("de la Cruz-Ibáñez", "Gonçalves", "Ødegård", "Müller-Lüdenscheidt", "Çelik", "Þorsteinsdóttir"),
    ),
)
"""How the two names stand, given names, family names: one row for each language."""

STAFF: Final = (
    "Jo", "Bernadette", "Mrs Kaur", "Tomasz", "Lena", "Mr Abbott", "Yasmin", "Gwen", "Peter at the desk", "Chidi",
    "Marguerite", "Dot", "Kofi", "Mrs Lindqvist", "Hana", "Rhys",
)  # fmt: skip
STAFF_ROLES: Final = ("receptionist", "practice manager", "referral coordinator", "clinic secretary", "ward clerk")
TITLES: Final = ("MSc", "BSc", "PhD", "MCSP", "[DPT]", "MRCGP", "FRCP", "DO", "RD", "BSc (Hons)", "PT [Neuro]")
SPECIALTIES: Final = (
    "shoulder", "low back", "knee", "hip replacement", "blood pressure", "type 2 diabetes", "sports injury", "falls",
    "pelvic floor", "weight", "chronic pain", "stroke", "heart", "osteoporosis", "pregnancy", "stress and sleep",
)  # fmt: skip
TAGS: Final = ("post-rehab", "warm", "open evening", "prefers paper", "near the studio", "teaches", "runs", "new")
SOURCES: Final = ("a client's care team", "open evening", "walked in", "met on placement", "another practitioner")
PAYERS: Final = ("self-pay", "insurance", "public", "workplace scheme")
HOURS: Final = ("Mon-Fri 8-18", "Mon-Thu 9-17, Fri 9-13", "Tue-Sat 10-19", "Mon-Fri 7.30-20, Sat 9-12", "Wed only 9-15")
BEST_TIMES: Final = (
    "Tue and Thu after 4",
    "between 12.30 and 1",
    "first thing, before 8.30",
    "Friday afternoon",
    "never Monday",
)
TOWNS: Final = ("London", "Richmond", "Greenwich", "Woolwich", "Bromley", "Deptford", "Kew")
STREETS: Final = (
    "Quay Street",
    "Ropewalk",
    "Harbour Lane",
    "Foundry Yard",
    "St Brendan's Road",
    "Tanner's Hill",
    "Mill Walk",
)
HOUSES: Final = (
    "Harbour House",
    "The Old Granary",
    "Lighthouse Court",
    "Chandler's Building",
    "Beacon Mews",
    "Sail Loft",
)
PLACES: Final = (
    "Tideway", "Bridge Street", "Northgate", "Elm Park", "Riverside", "St Anne's", "Castle Hill", "Orchard", "Millpond",
    "Kingfisher", "Market Square", "Abbey", "Two Rivers", "Weir Lane", "Old Dock", "Heron", "Saltmarsh", "Windmill",
)  # fmt: skip
PLACE_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "clinic": ("Clinic", "Physio", "Therapies", "Back Care"),
    "group_practice": ("Practice", "Surgery", "Medical Centre"),
    "solo_practice": ("Osteopathy", "Massage", "Podiatry"),
    "hospital": ("Hospital", "Infirmary"),
    "rehab_centre": ("Rehab Centre", "Recovery Centre"),
    "pharmacy": ("Pharmacy",),
    "gym": ("Swim and Gym",),
    "other": ("Wellness Rooms", "Community Hall"),
}
