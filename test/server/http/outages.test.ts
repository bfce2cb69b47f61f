/** What counts as an outage of a storage, what stays a defect, and what is told of it. */
import { describe, expect, test } from "vitest";
import { AppError } from "../../../server/http/errors.ts";
import {
  type StorageNotice,
  toPortError,
  toStoreError,
  unlessOut,
  watchOutages,
} from "../../../server/http/outages.ts";

const refused = () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const sqlAnswer = (code: string) => Object.assign(new Error("answered"), { severity: "ERROR", code });
const unavailable = { code: "upstream_unavailable", status: 503 };

describe("an error of a host's session store", () => {
  test.each([
    ["a refused connection", refused()],
    ["an error without a code", new Error("The store is closed.")],
    ["a server that is shutting down", sqlAnswer("57P01")],
    ["a server that is out of disk", sqlAnswer("53100")],
  ])("that is %s becomes a 503", (_, error) => {
    expect(toStoreError(error)).toMatchObject(unavailable);
  });

  test.each([
    ["a mistake in a program", new TypeError("x is undefined")],
    ["a missing table", sqlAnswer("42P01")],
    ["a problem that was made before", new AppError("not_authenticated")],
  ])("that is %s stays what it is", (_, error) => {
    expect(toStoreError(error)).toBe(error);
  });
});

describe("an error of a port that a host wrote", () => {
  test.each([
    ["a refused connection", refused()],
    ["an error whose cause is a refused connection", new Error("query failed", { cause: refused() })],
    ["a closed pool", new Error("Connection terminated unexpectedly")],
    ["a state in which PostgreSQL does nothing", sqlAnswer("08006")],
  ])("that is %s becomes a 503", (_, error) => {
    expect(toPortError(error)).toMatchObject(unavailable);
  });

  test.each([
    ["an error without a code", new Error("no such column")],
    ["a missing table", sqlAnswer("42P01")],
    ["not an error at all", "no"],
  ])("that is %s stays what it is", (_, error) => {
    expect(toPortError(error)).toBe(error);
  });
});

describe("work that may be left out", () => {
  test("answers what it answers while nothing fails", async () => {
    expect(await unlessOut(Promise.resolve("done"), "left out")).toBe("done");
  });

  test.each([
    ["the storage", new AppError("upstream_unavailable")],
    ["a host's port", refused()],
  ])("is left out in an outage of %s", async (_, error) => {
    expect(await unlessOut(Promise.reject(error), "left out")).toBe("left out");
  });

  test.each([
    ["a mistake in a program", new TypeError("x is undefined")],
    ["another problem", new AppError("not_authenticated")],
    ["a missing table", sqlAnswer("42P01")],
  ])("throws %s, which is no outage", async (_, error) => {
    await expect(unlessOut(Promise.reject(error), "left out")).rejects.toBe(error);
  });
});

describe("the watch over a storage", () => {
  function watch() {
    const notices: StorageNotice[] = [];
    const isOutage = (error: unknown) => !(error instanceof TypeError);
    const { run, convert } = watchOutages({
      storage: "PostgreSQL",
      isOutage,
      notify: (notice) => void notices.push(notice),
    });
    const fail = (error: unknown) => run(() => Promise.reject(error));
    return { run, convert, fail, told: () => notices.map(({ event }) => event) };
  }

  test("reports an outage once, and its end once", async () => {
    const { run, fail, told } = watch();
    await expect(fail(refused())).rejects.toMatchObject(unavailable);
    await expect(fail(refused())).rejects.toMatchObject(unavailable);
    expect(told()).toEqual(["storage.unavailable"]);
    expect(await run(async () => "rows")).toBe("rows");
    await run(async () => "rows");
    expect(told()).toEqual(["storage.unavailable", "storage.available"]);
  });

  test("says nothing of a defect, and throws it as it is", async () => {
    const { fail, told } = watch();
    const defect = new TypeError("x is undefined");
    await expect(fail(defect)).rejects.toBe(defect);
    expect(told()).toEqual([]);
  });

  test("reports an outage that no request has met", () => {
    const { convert, told } = watch();
    expect(convert(refused())).toMatchObject(unavailable);
    expect(told()).toEqual(["storage.unavailable"]);
  });
});
