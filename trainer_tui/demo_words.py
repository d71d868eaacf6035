"""The words of the made-up book: names from many scripts, and a small grammar of what trainers write down."""

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
BEST_TIMES: Final = ("Tue and Thu after 4", "between 12.30 and 1", "first thing, before 8.30", "Friday afternoon", "never Monday")
TOWNS: Final = ("London", "Richmond", "Greenwich", "Woolwich", "Bromley", "Deptford", "Kew")
STREETS: Final = ("Quay Street", "Ropewalk", "Harbour Lane", "Foundry Yard", "St Brendan's Road", "Tanner's Hill", "Mill Walk")
HOUSES: Final = ("Harbour House", "The Old Granary", "Lighthouse Court", "Chandler's Building", "Beacon Mews", "Sail Loft")
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

GRAMMAR: Final[Mapping[str, tuple[str, ...]]] = {
    "case": (
        "post-rehab clients", "people after a knee replacement", "low back pain that keeps coming back",
        "blood pressure cases", "frozen shoulder", "runners over fifty", "the waiting list for exercise classes",
        "clients on blood thinners", "new mothers", "older people afraid of falling", "desk workers with neck pain",
        "type 2 diabetes and strength work", "weight loss before surgery", "hypermobility", "long recovery after illness",
        "osteoporosis and loading", "returning to football after an ankle sprain", "heart patients past phase three",
    ),
    "kit": (
        "the cable column", "the low platform", "our resistance bands", "the rowing machine", "the recumbent bike",
        "the leg press", "free weights from 1 kg", "the balance beam", "parallel bars", "the treadmill with rails",
        "suspension straps", "the sled track", "grip strength gauge", "blood pressure monitor",
    ),
    "ask": (
        "how we grade load in the first month", "who watches the first session", "what a session costs",
        "whether we take people with a pacemaker", "if the rooms have level access", "how soon we can see someone",
        "what certificate we hold for post-rehab", "how we report back", "whether clients may train in pairs",
        "what we do when pain goes up", "if we work weekends", "how we keep notes private",
    ),
    "reply": (
        "answered on the spot", "said we would write", "promised a page on it", "showed the sample report",
        "walked them through a first session", "left the one-page sheet", "said it depends on the clearance",
        "agreed to look at it together", "offered a tour of Quay studio",
    ),
    "mood": (
        "friendly", "in a hurry", "curious", "a little wary of trainers", "warm", "tired after clinic", "very direct",
        "pleased with the last report", "keen to talk research", "polite but short",
    ),
    "fact": (
        "takes new people on Thursdays only", "wants range-of-motion figures monthly", "prefers one page, answer first",
        "sends people home with a sheet of six exercises", "has a waiting list of five weeks", "runs on Sundays",
        "trains the juniors on Wednesdays", "reads reports on the train", "used to row", "is moving rooms in spring",
        "likes a phone call better than email", "does not open attachments", "works at a second place on Fridays",
        "shares a secretary with the next room", "had a poor time with a trainer before", "started a falls clinic",
        "is studying for a diploma in pain", "lets the manager pick whom to refer to", "swims with our Tuesday group",
    ),
    "thing": (
        "our equipment list", "the post-rehab certificate", "the study on tendon loading", "a sample progress report",
        "the one-page sheet", "the date of the open evening", "times for a joint session", "the referral form",
        "a parking note for clients", "the names of our insurers", "the shoulder protocol", "the falls leaflet",
    ),
    "owe_us": (
        "send {thing}", "ring back about {case}", "bring {thing} next time", "write up {case} on one page",
        "put {thing} in the post", "find out about {kit}",
    ),
    "owe_them": (
        "ask the practice manager for a lunch slot", "send the new protocol", "tell the team about us",
        "try a session at the studio", "put our cards at the desk", "look at {thing}", "introduce us to a colleague",
    ),
    "detail": (
        "Spoke about {case}.", "Asked about {case}; we {reply}.", "Wanted to know {ask}; we {reply}.",
        "Was {mood}.", "They saw {kit} and asked {ask}.", "Left {thing}.", "Next time: {case}.",
        "Mentioned {case} and {case}.", "Desk was busy, waited ten minutes.", "Said the last report was clear.",
        "Would like to see {kit}.", "Noted that {ask} matters most to them.",
    ),
    "letter": ("Introduced Quay studio and our work with {case}.", "Letter with {thing}, and a question on {case}."),
    "email": ("Sent {thing}.", "Wrote about {case}; asked {ask}.", "Mail about {kit} and {case}."),
    "phone_call": ("Asked about {case}.", "Rang about {thing}; {mood}.", "Call on {ask}; we {reply}."),
    "text_message": ("Confirmed the time.", "Short word about {thing}.", "Running late, moved by ten minutes."),
    "visit": ("Asked about {case}. {detail}", "Showed photos of {kit}. {detail}", "Went in person; {mood}. {detail}"),
    "card_drop": ("Left cards at the desk.", "Cards and {thing} with reception."),
    "lunch_and_learn": ("Lunch talk on {case}; six came.", "Thirteen minutes on {case}, then questions: {ask}."),
    "studio_tour": ("Tour of Quay studio: {kit}, {kit}.", "Showed them round. Liked {kit}. {detail}"),
    "workout_session": ("Trained once with us on {kit}. {detail}", "First workout; light, {kit}. Was {mood}."),
    "own_treatment": ("Own treatment, shoulder. Talked about {case}.", "Booked a session as a patient. {detail}"),
    "joint_appointment": ("Went along with a client who agreed. {detail}", "Joint session on {case}. {detail}"),
    "case_discussion": ("Went through {case}, no names. {detail}", "Asked for input on {case}: {ask}. {detail}"),
    "placement_shift": ("Shift on the ward, four hours. {detail}", "Shadowed a morning: {case}. {detail}"),
    "event": ("Met at the open evening. {detail}", "Health fair: shared a table. {detail}"),
    "thank_you_note": ("Handwritten thanks for the time; named {case}.", "Thanked for sending someone to us."),
    "study_shared": ("Shared a review on {case}.", "Sent {thing} with two lines on what it changes for us."),
    "report_sent": ("Progress report, one page, with a question on {case}.", "Report sent; asked {ask}."),
    "video_call": ("Video call about {case}. {detail}", "Ten minutes on screen: {ask}; we {reply}."),
    "other": ("Met by chance at the market. Was {mood}.", "Sat on the same panel on {case}."),
    "do": (
        "ring about {case}", "send {thing}", "go and see them about {case}", "ask {ask}", "thank them for their time",
        "bring {thing}", "invite to see {kit}", "hear what became of {thing}", "find a date for a lunch talk",
    ),
    "why": (
        "they asked {ask}", "promised at the last visit", "past the rhythm for this tier", "agreed on the phone",
        "a letter alone brings little: go and see them", "they mentioned {case}", "",
    ),
    "later_reason": ("on holiday until then", "asked us to wait", "clinic is moving", "exam week", "no answer twice"),
    "cancel_reason": ("they were called away", "our trainer was ill", "the room was double-booked", "snow"),
    "drop_reason": ("answered by someone else", "no longer needed", "they have left the practice"),
    "outcome": ("wants to hear more", "will think about it", "agreed to try one client", "not now", "asked for a report"),
    "answer": ("said yes, one to begin with", "will keep us in mind", "sends to a colleague for now", "said not yet"),
    "reason": ("{case}", "wants to get strong again, {case}", "stuck since physio ended: {case}"),
    "limit": ("no lifting over 10 kg", "heart rate below 120", "no overhead work yet", "stop if dizzy", ""),
    "offer": (
        "our people who need hands-on care to you, yours who are ready to train to us",
        "we send {case} to you; you send those ready for {kit} to us",
        "one joint page for {case}, both names on it",
    ),
    "invitation": ("a first workout: {kit}", "one session on {kit}, then tea", "an hour to try what your people do here"),
    "end": ("back to work without pain", "trains alone now", "moved away", "stairs without a rail", "joined a class"),
}
"""What each symbol may become; names in braces are symbols in turn."""
