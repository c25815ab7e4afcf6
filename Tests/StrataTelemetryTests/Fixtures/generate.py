"""Writes the made-up files of this folder, in the layouts that the data sets are published in.

Run it in this folder with NumPy. Every number is invented here; nothing comes from a data set.
"""
import gzip
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent


def write(path, text):
    file = HERE / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def compress(path, text):
    file = HERE / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def save(path, array):
    file = HERE / path
    file.parent.mkdir(parents=True, exist_ok=True)
    np.save(file, array)


def server_machines():
    """Two machines of four metrics: ten training rows, eight test rows."""
    write("smd/channels.csv", "index,name,layer,kind\n1,cpu_r,compute,gauge\n2,disk_rb,data,rate\n"
          "3,mem_u,compute,gauge\n4,curr_estab,application,gauge\n")
    rows = np.arange(18, dtype=np.float32)[:, None]
    values = (rows + np.array([0, 0.25, 0.5, 0.75], np.float32)) / 32
    for machine in ["machine-1-1", "machine-2-1"]:
        save(f"smd/train/{machine}.npy", values[:10])
        save(f"smd/test/{machine}.npy", values[10:])
    write("smd/entities.csv", "entity,series_included\nmachine-1-1,1\nmachine-2-1,1\nmachine-3-1,0\n")
    # Rows 1, 2 are one segment; 4, 5, 6 are two that touch; machine-2-1 has a run that no segment describes.
    write("smd/test_label/machine-1-1.txt", "0\n1\n1\n0\n1\n1\n1\n0\n")
    write("smd/interpretation_label/machine-1-1.txt", "1-3:1,3\n4-6:2\n6-7:1,4\n")
    write("smd/test_label/machine-2-1.txt", "0\n0\n0\n0\n0\n0\n1\n1\n")
    write("smd/interpretation_label/machine-2-1.txt", "2-4:1\n")
    write("smd/interpretation_label/machine-3-1.txt", "1-3:1\n")
    write("smd/test_label/machine-3-1.txt", "0\n1\n1\n")


def application_servers():
    """One server of three metrics; ends are inclusive."""
    rows = np.arange(12, dtype=np.float32)[:, None]
    values = (rows + np.array([0, 0.25, 0.5], np.float32)) / 16
    save("asd/train/omi-1.npy", values[:6])
    save("asd/test/omi-1.npy", values[6:])
    write("asd/entities.csv", "entity,train_rows,test_rows\nomi-1,6,6\n")
    write("asd/test_label/omi-1.txt", "0\n1\n1\n0\n0\n1\n")
    write("asd/interpretation_label/omi-1.txt", "1-2:1,3\n5-5:2\n")
    write("asd/anomaly_type.csv", "dataset,anomaly_segment,anomaly_type\nomi-1,1-2,metric\nomi-1,5-5,metric-temporal\n")


def node_runs():
    """A run of eight seconds, one of them absent, a counter that restarts, and one that passes the floats."""
    start = 1_700_000_000
    free = [100, 90, 80, None, 60, 50, 40, 100]
    user = [2355459401 + 10 * second for second in range(8)]
    context = [50, 60, 70, 80, 5, 15, 25, 35]
    lines = ["unix_s,meminfo.MemFree,vmstat.pgpgin,vmstat.nr_dirty,procstat.per_core_user0,procstat.iowait,"
             "procstat.context_switches,procstat.procs_running,sensors.fan"]
    for second in range(8):
        if free[second] is not None:
            lines.append(f"{start + second},{free[second]},{1000 + 4 * second},7,{user[second]},3,{context[second]},2,9")
    compress("hpc-ldms-hpas/runs/App_ML__ST2_ET5_s10M.csv.gz", "\n".join(lines) + "\n")
    compress("hpc-ldms-hpas/runs/App.csv.gz", "\n".join(lines[:4]) + "\n")
    write("hpc-ldms-hpas/runs.csv", "run,application,mode,anomalies,start_unix_s,rows\n"
          f"App,App,none,,{start},3\nApp_ML__ST2_ET5_s10M,App,single,ML,{start},7\n")
    write("hpc-ldms-hpas/anomalies.csv",
          "run,application,mode,anomaly,start_offset_s,end_offset_s,start_unix_s,end_unix_s,parameters\n"
          f"App_ML__ST2_ET5_s10M,App,single,ML,2,5,{start + 2},{start + 5},s10M\n")


def tables():
    compress("tables/numbers.csv.gz", "a,b\n" + "".join(f"{row},{row / 8}\n" for row in range(1000)))


server_machines()
application_servers()
node_runs()
tables()
