"""Alder & Finch, a made-up maker of kitchen and dining ware: what it is called and how it sells.

Every name is invented. Order matters: draws are dealt out in the order of these lists.
"""

COMPANY = "Alder & Finch"

REGIONS = {
    "North": ("Northern Lakes", "Pine Hills", "Harbour Coast", "Granite Valley"),
    "Central": ("Capital East", "Capital West", "River Cities", "Orchard Country"),
    "South": ("Southern Bays", "Vineyard Hills", "Salt Islands", "Old Plains"),
}
TERRITORIES = tuple(territory for territories in REGIONS.values() for territory in territories)

CHANNELS = ("Retail", "Hospitality", "Online")
SEATS_OF_FOUR = ("Northern Lakes", "Harbour Coast", "Capital East", "Capital West", "Southern Bays", "Vineyard Hills")
THREE_SEATS = (("Retail",), ("Hospitality",), ("Online", "Retail"))
FOUR_SEATS = (("Retail",), ("Hospitality",), ("Online",), ("Hospitality", "Retail"))
"""Channels that each rep's seat in a territory serves."""

DIRECTOR = "Ingrid Solheim"
MANAGERS = {"North": "Tomas Brandt", "Central": "Amara Nwosu", "South": "Lucia Ferreira"}
FIRST_REPS = (
    "Maya Lindqvist", "Owen Carver", "Priya Raman", "Jonas Keller", "Sofia Marchetti", "Daniel Okafor",
    "Hannah Weiss", "Luis Ortega", "Aiko Tanabe", "Ruth Abelson", "Kwame Boateng", "Elena Petrova",
    "Samuel Hartley", "Noor Haddad", "Grace Donnelly", "Viktor Halasz", "Leila Karimi", "Peter Sandoval",
    "Mei Zhang", "Anton Kovac", "Chloe Bertrand", "Rafael Brito", "Julia Steiner", "Ibrahim Diallo",
    "Nora Fitzgerald", "Arjun Mehta", "Beatriz Campos", "Felix Aaltonen", "Zofia Nowicka", "Marcus Whitfield",
    "Yara Mansour", "Henrik Aasen", "Camila Rojas", "Theo Lambert", "Adaeze Eze", "Simon Ackerman",
    "Linh Pham", "Greta Johansen", "Pablo Quintana", "Miriam Vogel", "Kofi Asante", "Clara Jansky",
)  # fmt: skip
HIRES = ("Dominic Hale", "Farah Siddiqui", "Emil Larsen", "Rosa Delgado", "Naomi Fischer")
HIRES_OF_COURSE = ("Tariq Benali",)
"""Who is hired in the year in course."""

LINES = ("Cookware", "Tableware", "Glassware", "Kitchen Tools")
PRODUCTS = {
    "Cookware": (
        ("Hearth Frying Pan", 4900), ("Hearth Saucepan", 5600), ("Copper Sauté Pan", 11900),
        ("Cast Iron Casserole", 13900), ("Stock Pot 12 L", 8900), ("Roasting Tin", 4200),
        ("Crêpe Pan", 3600), ("Steamer Insert", 2900),
    ),
    "Tableware": (
        ("Linden Dinner Plate", 1290), ("Linden Soup Bowl", 1090), ("Linden Side Plate", 890),
        ("Fieldstone Platter", 3400), ("Fieldstone Mug", 1190), ("Porcelain Teapot", 4500),
        ("Serving Bowl", 2700), ("Espresso Cup Set", 3200), ("Cake Stand", 4800),
    ),
    "Glassware": (
        ("Meadow Wine Glass", 990), ("Meadow Water Glass", 690), ("Tall Tumbler", 590),
        ("Carafe 1 L", 2400), ("Champagne Flute", 1050), ("Beer Tankard", 890), ("Dessert Coupe", 1150),
    ),
    "Kitchen Tools": (
        ("Chef's Knife 20 cm", 7900), ("Paring Knife", 2600), ("Maple Cutting Board", 4400),
        ("Ladle", 1600), ("Balloon Whisk", 1450), ("Kitchen Scissors", 2200), ("Rolling Pin", 1900),
        ("Peeler", 950), ("Bamboo Prep Board", 3900),
    ),
}  # fmt: skip
"""Products by line: name and list price at the start of FY2026 in cents; the first sell the most."""

COST_SHARE = {"Cookware": 0.56, "Tableware": 0.48, "Glassware": 0.52, "Kitchen Tools": 0.50}
"""Standard cost as a share of the list price."""

SEASON = {
    "Cookware": (0.86, 0.88, 0.95, 0.94, 0.96, 0.92, 0.84, 0.88, 1.05, 1.16, 1.32, 1.24),
    "Tableware": (0.82, 0.90, 1.04, 1.10, 1.14, 1.06, 0.90, 0.86, 1.00, 1.04, 1.10, 1.04),
    "Glassware": (0.78, 0.84, 0.96, 1.08, 1.18, 1.20, 1.08, 0.92, 0.94, 0.96, 1.04, 1.02),
    "Kitchen Tools": (0.90, 0.92, 0.96, 0.96, 0.98, 0.96, 0.90, 0.92, 1.02, 1.08, 1.24, 1.16),
}
"""Sales of a month over those of an average month, January to December, at equal working days."""

SEGMENTS = {
    "Retail": ("Kitchen shop", "Department store", "Gift shop"),
    "Hospitality": ("Restaurant", "Hotel", "Café"),
    "Online": ("Web shop", "Marketplace seller"),
}
MIX = {
    "Kitchen shop": (0.40, 0.22, 0.15, 0.23),
    "Department store": (0.28, 0.32, 0.22, 0.18),
    "Gift shop": (0.14, 0.36, 0.33, 0.17),
    "Restaurant": (0.26, 0.33, 0.24, 0.17),
    "Hotel": (0.16, 0.41, 0.32, 0.11),
    "Café": (0.13, 0.42, 0.29, 0.16),
    "Web shop": (0.36, 0.24, 0.15, 0.25),
    "Marketplace seller": (0.30, 0.22, 0.17, 0.31),
}
"""What a customer of each segment buys: shares of the lines, in the order of `LINES`."""

CUSTOMER_FIRST = (
    "Amber", "Blue", "Bright", "Cedar", "Copper", "Coral", "Crooked", "Silver", "Elder", "Golden",
    "Green", "Hazel", "Hidden", "Honey", "Indigo", "Ivory", "Jade", "Little", "Lucky", "Marble",
    "Merry", "Misty", "Old", "Olive", "Painted", "Quiet", "Red", "Rosy", "Saffron", "Wild",
)  # fmt: skip
CUSTOMER_SECOND = (
    "Anchor", "Apron", "Barn", "Basil", "Bell", "Bridge", "Clover", "Cove", "Crane", "Dove",
    "Fern", "Fig", "Fountain", "Fox", "Garden", "Gate", "Heron", "Juniper", "Kettle", "Lantern",
    "Lark", "Lemon", "Magpie", "Mill", "Orchard", "Otter", "Pantry", "Plum", "Quince", "Swan",
)  # fmt: skip
CUSTOMER_LAST = {
    "Kitchen shop": ("Kitchen Shop", "Cookshop"),
    "Department store": ("Stores", "House"),
    "Gift shop": ("Gifts", "Living"),
    "Restaurant": ("Restaurant", "Bistro"),
    "Hotel": ("Hotel", "Inn"),
    "Café": ("Café", "Tearoom"),
    "Web shop": ("Online", "Direct"),
    "Marketplace seller": ("Trading", "Supplies"),
}
