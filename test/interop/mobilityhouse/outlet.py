"""One outlet with its meter, its charging profiles and a car that takes whatever it is allowed.
Stacks profiles by itself (OCPP 1.6 section 3.13, 2.0.1 K01): nothing of the tested product is used."""

from datetime import datetime, timezone

from wire import tell

CAR_A = 32
LEAST_A = 6
VOLTAGE_V = 230
PHASES = 3
MAXIMUM = ("ChargePointMaxProfile", "ChargingStationMaxProfile")


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Outlet:
    def __init__(self):
        self.register_wh = 120_000.0
        self.is_plugged = False
        self.transaction_id = None
        self.draw_a = 0.0
        self._profiles = []

    def install(self, outlet, profile):
        """`profile` as received, in snake_case, of either version."""
        schedule = profile["charging_schedule"]
        entry = {
            "outlet": outlet,
            "id": profile.get("charging_profile_id", profile.get("id")),
            "purpose": profile["charging_profile_purpose"],
            "level": profile["stack_level"],
            "transaction": profile.get("transaction_id"),
            "schedule": schedule[0] if isinstance(schedule, list) else schedule,
        }
        self._profiles = [other for other in self._profiles if not replaces(entry, other)] + [entry]
        tell("profile", purpose=entry["purpose"], schedule=entry["schedule"])

    def end_transaction(self):
        self.transaction_id = None
        self._profiles = [each for each in self._profiles if each["purpose"] != "TxProfile"]

    def limit_a(self, at):
        """What may be drawn per phase at `at`: the transaction's profile, else the default, never above the maximum."""
        def best(*purposes):
            limits = [
                (each["level"], limit_of(each["schedule"], at))
                for each in self._profiles
                if each["purpose"] in purposes and each["transaction"] in (None, self.transaction_id)
            ]
            known = [entry for entry in limits if entry[1] is not None]
            return max(known)[1] if known else None

        own = best("TxProfile") if self.transaction_id is not None else None
        bounds = [own if own is not None else best("TxDefaultProfile"), best(*MAXIMUM)]
        return min([CAR_A] + [bound for bound in bounds if bound is not None])

    def follow(self, at):
        """The car takes what it may at once; tells every change of the current."""
        limit = self.limit_a(at) if self.is_plugged and self.transaction_id is not None else 0
        draw = limit if limit >= LEAST_A else 0
        if draw != self.draw_a:
            self.draw_a = draw
            tell("draw", currentA=draw)

    def meter(self, seconds):
        self.register_wh += self.power_w() * seconds / 3600

    def power_w(self):
        return self.draw_a * VOLTAGE_V * PHASES

    def composite(self, at, duration):
        """Periods of [0, duration) in A, from the changes of every profile."""
        starts = {0}
        for each in self._profiles:
            base = instant(each["schedule"]["start_schedule"]) - at
            starts.update(round(base + period["start_period"]) for period in each["schedule"]["charging_schedule_period"])
        periods = []
        for start in sorted(start for start in starts if 0 <= start < duration):
            limit = self.limit_a(at + start)
            if not periods or periods[-1]["limit"] != limit:
                periods.append({"start_period": start, "limit": limit})
        return periods


def replaces(new, old):
    same_place = all(new[key] == old[key] for key in ("outlet", "purpose", "level", "transaction"))
    return new["id"] == old["id"] or same_place


def limit_of(schedule, at):
    """[A]; None before it starts and after its duration."""
    passed = at - instant(schedule["start_schedule"])
    if passed < 0 or passed >= schedule.get("duration", float("inf")):
        return None
    limit = [period["limit"] for period in schedule["charging_schedule_period"] if period["start_period"] <= passed][-1]
    return limit if schedule["charging_rate_unit"] == "A" else limit / (VOLTAGE_V * PHASES)


def now_text():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
