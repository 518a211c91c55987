/**
 * How each bound of every limits.ts is held to. Most need no entry here: collections.ts names those of collections, which the
 * checker "bounds" looks at; a test names others; and durations say when something happens, not how much of it. What is
 * left stands here.
 */

export type Held =
  /** Codecs and schemas refuse more; the checker "bounds" decodes what honest peers send, and the fuzzers send the rest. */
  | "by the codec"
  /** Of what people type: the API's schemas refuse more before the core hears of it. */
  | "by the API's schema"
  /** A threshold: past it a peer behaves otherwise, in runs with few and with many peers. */
  | "a threshold"
  /** So much of a sort at once, and then nothing until there is room: seen in the size of what waits. */
  | "a rate"
  /** The adapter's, the window's or the command's, which the simulator replaces. */
  | "outside of the core"
  /** A size that others are calculated from; relations are asserted when limits.ts is loaded. */
  | "a unit"
  /** Spends memory for time; a smaller one is slower and nothing else. */
  | "a cache";

export const listed: Readonly<Record<string, Readonly<Record<string, Held>>>> = {
  "src/api/limits.ts": {
    clientsMax: "outside of the core",
    socketsMax: "outside of the core",
    unreadBytesMax: "outside of the core",
    mistakesToldMax: "outside of the core",
    wrongValueCharsMax: "outside of the core",
  },
  "src/cli/limits.ts": {
    personNameCharsMax: "outside of the core",
    networkNameCharsMax: "outside of the core",
    networkKeyCharsMax: "outside of the core",
    interfacesMax: "outside of the core",
    connectsMax: "outside of the core",
    runningListedMax: "outside of the core",
  },
  "src/crypto/limits.ts": {
    paddingStepBytes: "a unit",
    boxOverheadBytes: "a unit",
    frameOverheadBytes: "a unit",
    verifyKeysMax: "a cache",
    signKeysMax: "a cache",
    networkNameBytesMax: "outside of the core",
    networkKeyBytesMax: "outside of the core",
  },
  "src/discovery/limits.ts": {
    sightingsPerQueryMax: "outside of the core",
    sightingAddressesMax: "outside of the core",
    recordsPerPacketMax: "outside of the core",
    failuresToldMax: "outside of the core",
  },
  "src/mesh/limits.ts": {
    fullMeshMax: "a threshold",
    announcedLinksMax: "a threshold",
    crowdLinksMin: "a threshold",
    crowdLinksTrim: "a threshold",
    demandedLinksMax: "a threshold",
    broadcastIdBytes: "a unit",
    aliveMsPerPeer: "a unit",
    doubtsMax: "a rate",
    wantedMax: "by the codec",
    suspectsBurstMax: "a rate",
    suspectsPerSecondMax: "a rate",
    statementSeqMax: "by the codec",
    strangerMsPerPeer: "a unit",
    demandEnvelopesMin: "a threshold",
    signedBeatsMax: "a threshold",
    unsignedBeatsMax: "by the codec",
    byteRate: "a rate",
    newsUnitBytes: "a unit",
    turnShare: "a unit",
    passedPerTurn: "a rate",
    announcedRate: "a rate",
    cargoUnitBytes: "a unit",
    ownCargoRate: "a rate",
    passedCargoRate: "a rate",
    graftCost: "a unit",
    censusCost: "a unit",
    membersCost: "a unit",
    claimRate: "a rate",
    neighbourRate: "a rate",
  },
  "src/mesh/signalling-limits.ts": {
    unsentBytesMax: "outside of the core",
    messagesPerConnectionMax: "outside of the core",
    unauthenticatedMax: "outside of the core",
    unauthenticatedPerHostMax: "outside of the core",
    inboundMax: "outside of the core",
    handshakeStepsMax: "outside of the core",
    sendQueueBytesMax: "outside of the core",
  },
  "src/peer/limits.ts": {
    listLimitDefault: "a threshold",
    signallingPortFirst: "a unit",
    signallingPortCount: "a unit",
    floodReportsPerReporterMax: "a rate",
    floodReportsMax: "a rate",
    floodDroppedMax: "by the codec",
    retoldPeopleMax: "a rate",
  },
  "src/rooms/limits.ts": {
    eventBytesMax: "by the codec",
    windowBytesMax: "a rate",
    eventsPerPayloadMax: "by the codec",
    invitedBesideMax: "by the codec",
    provenInvitesMax: "by the codec",
    authorBytes: "a unit",
    floorBytes: "a unit",
    historyBytesMax: "a threshold",
    sliceDigestBytes: "a unit",
    vectorEntryBytes: "a unit",
    roomMembersMax: "a threshold",
    listedCountMax: "by the codec",
    signedOverheadBytes: "a unit",
    topicBytesMax: "by the codec",
    recordBytesMax: "by the codec",
    personNameBytesMax: "by the codec",
    replyToCharsMax: "by the codec",
    seqMax: "by the codec",
    listedInCrowdMax: "a threshold",
    calmShare: "a unit",
    logsAtOnceMax: "a rate",
    eagerComparisons: "a rate",
    barrenMax: "a rate",
    barrenDoublingsMax: "a rate",
    postponedMax: "a rate",
    gapTriesMax: "a rate",
    restatedMessagesMax: "a threshold",
    listMessagesMax: "by the API's schema",
  },
  "src/store/limits.ts": {
    profileBytesMax: "outside of the core",
    rememberedMax: "outside of the core",
    lockAttemptsMax: "outside of the core",
    recordKeyCharsMax: "outside of the core",
    recordBytesMax: "outside of the core",
    recordsPerTableMax: "outside of the core",
    batchMax: "outside of the core",
    eventBytesMax: "outside of the core",
    eventsPerRoomMax: "outside of the core",
    readMax: "outside of the core",
    vaultPageBytes: "a unit",
    vaultSaltBytes: "a unit",
    writesUntilCleared: "outside of the core",
    salvagedColumnsMax: "outside of the core",
  },
  "src/ui/limits.ts": {
    pageMessages: "outside of the core",
    rememberedConversationsMax: "outside of the core",
    noticesMax: "outside of the core",
    outboxMax: "outside of the core",
    composerLinesMax: "outside of the core",
    bytesLeftShown: "outside of the core",
    jumpResultsMax: "outside of the core",
    completionsMax: "outside of the core",
    searchResultsMax: "outside of the core",
    revealPagesMax: "outside of the core",
    peopleRowsMax: "outside of the core",
    announcedCharsMax: "outside of the core",
  },
};
