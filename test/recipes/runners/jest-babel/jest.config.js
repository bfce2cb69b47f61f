// The first call in a process performs a ceremony: on a busy machine more than the five seconds of Jest.
module.exports = { testTimeout: 60_000 };
