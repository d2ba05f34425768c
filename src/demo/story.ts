/**
 * The demo, as a story. NorthDale Health is an invented health board, and everybody in it is made up.
 * Days count from the first day of the running week (0 is its Monday, -7 the Monday before); times are the account's.
 */

export const ACCOUNT = {
  handle: 'NorthDaleHealth',
  name: 'NorthDale Health',
  timeZone: 'Europe/London',
  hashtag: '#MyWorkingWeek',
  contact: 'weeks@northdale.example',
}

export const DESK = [
  { id: 'demo-helen', name: 'Helen Marsh', email: 'helen.marsh@northdale.example', role: 'lead' },
  { id: 'demo-owen', name: 'Owen Price', email: 'owen.price@northdale.example', role: 'approver' },
] as const

export interface DemoHost {
  name: string
  email: string
  handle: string
  job: string
  organisation: string
  biography: string
  /** A file of `pictures/`, without its ending. */
  portrait: string
  signOff: string
}

export interface DemoEvent {
  name: string
  hashtag: string
  place: string
  day: number
  from: string
  to: string
}

export interface DemoPost {
  day: number
  /** `HH:MM` wished for, which is when it goes out. */
  time: string
  parts: { text: string; picture?: { file: string; alt: string } }[]
  replies?: DemoReply[]
}

export interface DemoReply {
  name: string
  handle: string
  time: string
  text: string
  /** The host puts it on the week's page. */
  chosen?: boolean
  /** What the host answers, at which time. */
  answer?: { time: string; text: string }
  /** The host sends a standard answer, by its title. */
  standard?: { time: string; title: string }
  /** The host asks for help; the approver looks, hides the reply on X, and says a word back. */
  help?: { time: string; note: string; taken: string; closed: string; word: string }
}

export interface DemoWeek {
  /** Weeks from the running one: -1 is over. */
  week: number
  host: DemoHost
  theme: string
  why: string
  events: DemoEvent[]
  posts: DemoPost[]
}

const one = (text: string, picture?: { file: string; alt: string }) => [
  picture ? { text, picture } : { text },
]

export const RUTH: DemoWeek = {
  week: -1,
  host: {
    name: 'Ruth Ellwood',
    email: 'ruth.ellwood@northdale.example',
    handle: '',
    job: 'community nurse',
    organisation: 'Upper Dale team',
    biography: 'Nineteen years of kitchens, lanes and doorbells in Upper Dale. Never without a dog biscuit.',
    portrait: 'ruth',
    signOff: '^RE',
  },
  theme: 'Four hundred front doors',
  why: 'It’s the first frost of the year, and the week the flu clinics reach the last villages. We asked Ruth to show what a nurse does when the ward is somebody’s kitchen.',
  events: [
    {
      name: 'Flu clinic',
      hashtag: '#HallbeckJabs',
      place: 'Hallbeck village hall',
      day: -5,
      from: '09:30',
      to: '12:30',
    },
  ],
  posts: [
    {
      day: -7,
      time: '09:05',
      parts: one(
        'Good morning from Hallbeck. I’m Ruth, I’ve been a community nurse in Upper Dale for nineteen years, and this account is mine until Friday. Eleven visits today, one windscreen to scrape first. #MyWorkingWeek',
      ),
      replies: [
        {
          name: 'Margaret Dunn',
          handle: 'mdunn_hallbeck',
          time: '09:20',
          text: 'Good morning Ruth! The hall path is gritted, mind the step.',
        },
      ],
    },
    {
      day: -7,
      time: '09:55',
      parts: one(
        'First door is four miles up this road. Some mornings the commute makes up for the paperwork. Some mornings it is the only part that’s on time.',
        {
          file: 'road',
          alt: 'A red car on a winding lane between dry stone walls, frost on the fields, three sheep, and a low pale sun behind the hills.',
        },
      ),
      replies: [
        {
          name: 'Pete W',
          handle: 'petewalks',
          time: '10:10',
          text: 'The third sheep looks like it has an appointment.',
          chosen: true,
        },
      ],
    },
    {
      day: -7,
      time: '12:20',
      parts: [
        {
          text: 'What’s in the bag? People always ask, so here is the honest list. A short thread, one sandwich long.',
        },
        {
          text: 'Dressings in nine sizes, because skin does not come in three. A Doppler to listen to the pulse in a foot. Sharps box. Scales that are somehow always at the bottom.',
        },
        {
          text: 'A head torch. Hallbeck has eleven streetlights and I could name them. Also a spare pair of socks, a dog biscuit, and reading glasses for anyone who has lost theirs.',
        },
        {
          text: 'And a notebook, on paper, for the things people tell you on the doorstep once the official part is over. That’s where most of the nursing is.',
        },
      ],
      replies: [
        {
          name: 'Sana Iqbal',
          handle: 'sana_iq',
          time: '12:50',
          text: 'Reading glasses! I have never heard of anything so sensible.',
        },
      ],
    },
    {
      day: -7,
      time: '16:40',
      parts: one(
        'Last visit done, and a question for the drive home: what do you wish you had known before a nurse first came to your house?',
      ),
      replies: [
        {
          name: 'Margaret Dunn',
          handle: 'mdunn_hallbeck',
          time: '17:02',
          text: 'That I didn’t have to tidy up. I’d hoovered the stairs. She never went upstairs.',
          chosen: true,
          answer: {
            time: '17:15',
            text: 'We never look at the stairs, Margaret. We look at whether you can get up them.',
          },
        },
        {
          name: 'Col Hartley',
          handle: 'colhartley61',
          time: '17:21',
          text: 'That you could ask for the visit to be after the milking. Nobody says so until you ask.',
          chosen: true,
        },
        {
          name: 'Sana Iqbal',
          handle: 'sana_iq',
          time: '17:40',
          text: 'That my dad would talk to her about things he’d never told us. In a good way.',
          chosen: true,
        },
        {
          name: 'Upper Dale Carers',
          handle: 'udcarers',
          time: '18:05',
          text: 'That the carer counts as well. You’re allowed to say you’re tired.',
          chosen: true,
        },
        {
          name: 'Pete W',
          handle: 'petewalks',
          time: '18:31',
          text: 'The dog biscuit should have been on the NHS website.',
          chosen: true,
        },
      ],
    },
    {
      day: -6,
      time: '07:50',
      parts: one(
        'Minus three. Visit one is a man of ninety-one who has already cleared his own path and would like me to know it.',
      ),
    },
    {
      day: -6,
      time: '10:15',
      parts: one(
        'The kettle is part of the kit. If someone makes the tea, I see how they stand, how they reach, whether the milk is in date and whether the biscuits are for company. It isn’t a break. It’s an assessment with a custard cream.',
        {
          file: 'table',
          alt: 'A navy nurse’s bag with a white cross, a steaming mug, a plate of biscuits and a care plan on a wooden kitchen table by a window.',
        },
      ),
      replies: [
        {
          name: 'Dai Morgan',
          handle: 'daimorgan_gp',
          time: '10:40',
          text: 'Custard cream: validated tool, excellent sensitivity.',
          chosen: true,
        },
      ],
    },
    {
      day: -6,
      time: '13:05',
      parts: one(
        'Reminder while I eat in a lay-by: if you look after someone at home, you can have a free flu jab too. Tomorrow, Hallbeck village hall, half past nine until half past twelve. No appointment. northdale.example/flu',
      ),
    },
    {
      day: -6,
      time: '15:30',
      parts: one(
        'Someone asked how many miles. Sixty-two today, which is nothing. In the winter of 2010 we did the last two by tractor.',
      ),
      replies: [
        {
          name: 'Huw Pritchard',
          handle: 'huwp_physio',
          time: '15:44',
          text: 'Is it true you once did a dressing change in a cattle market?',
          chosen: true,
          answer: {
            time: '15:52',
            text: 'Twice. The light is excellent and nobody stares, they’re all looking at the tups.',
          },
        },
      ],
    },
    {
      day: -5,
      time: '08:20',
      parts: one(
        'Today isn’t kitchens. Today is Hallbeck village hall, four nurses, two pharmacists, one tea urn, and everyone over sixty-five in three parishes.',
      ),
    },
    {
      day: -5,
      time: '09:30',
      parts: one(
        'Doors open. The queue goes past the phone box, and the phone box is now a library, so nobody minds. #HallbeckJabs',
      ),
    },
    {
      day: -5,
      time: '09:52',
      parts: one('Thirty already. Left arm or right? Think about which side you sleep on. #HallbeckJabs'),
    },
    {
      day: -5,
      time: '10:25',
      parts: one('First “is that it?” of the day. Yes. That’s it. Biscuits to your right. #HallbeckJabs'),
    },
    {
      day: -5,
      time: '11:48',
      parts: one(
        'Asha, our pharmacist, has just found three people on two medicines that don’t get on. That’s what “while you’re here” is for. #HallbeckJabs',
      ),
    },
    {
      day: -5,
      time: '12:30',
      parts: one(
        'Two hundred and six. The youngest is eighteen and cares for her gran. The oldest is the gran. #HallbeckJabs',
      ),
      replies: [
        {
          name: 'Upper Dale Carers',
          handle: 'udcarers',
          time: '12:45',
          text: 'The gran is also the one who organised the minibus.',
          chosen: true,
        },
      ],
    },
    {
      day: -5,
      time: '14:10',
      parts: one(
        'Thank you to the hall committee, who moved the badminton. And to whoever labelled the urn “HOT (TRULY)”.',
      ),
    },
    {
      day: -4,
      time: '08:05',
      parts: one(
        'Rain, at last, instead of ice. Nine visits and a student nurse in the passenger seat. She has brought better snacks than me, so she’ll go far.',
      ),
    },
    {
      day: -4,
      time: '11:40',
      parts: [
        {
          text: 'We spend a lot of Thursdays on legs. Leg ulcers are common, slow, and hardly ever talked about. Three things I’d like more people to know.',
        },
        {
          text: 'One: a sore on the lower leg that hasn’t healed in two weeks is worth a call. Not a fuss. A call. Early is so much easier than late.',
        },
        {
          text: 'Two: the bandage does the work, and stopping halfway is why they come back. Three: it is nobody’s fault, and it isn’t about being clean. Say it to someone who needs it.',
        },
      ],
    },
    {
      day: -4,
      time: '14:25',
      parts: one(
        'A lady of eighty-eight, twenty-two weeks of bandages, closed this morning. She has asked for the last one to keep, “for the mantelpiece, next to the bowls trophy”.',
      ),
      replies: [
        {
          name: 'Leg Club Skelby',
          handle: 'legclubskelby',
          time: '14:40',
          text: 'Tell her there’s a cup of tea and a round of applause waiting on Tuesday.',
          chosen: true,
          answer: { time: '15:01', text: 'Told her. She’ll come for the applause.' },
        },
        {
          name: 'Jo Sellers',
          handle: 'josellers_rn',
          time: '15:20',
          text: 'Twenty-two weeks of somebody turning up. That’s the whole job.',
          chosen: true,
        },
        {
          name: 'Dai Morgan',
          handle: 'daimorgan_gp',
          time: '16:12',
          text: 'Best thing I’ve read this week, and I’ve read the guidance.',
          chosen: true,
        },
      ],
    },
    {
      day: -4,
      time: '17:00',
      parts: one(
        'The student’s verdict on day four: “I thought it would be quieter.” It is quieter. It’s just that the quiet is full of people.',
      ),
    },
    {
      day: -3,
      time: '08:10',
      parts: one(
        'Last day with the keys. Handover first: every name on the board, what changed, who is on their own this weekend. It’s the most important half hour of the week and nobody has ever filmed it.',
      ),
    },
    {
      day: -3,
      time: '12:30',
      parts: one(
        'You asked for the number. In nineteen years I make it a little over four hundred front doors. I remember nearly all of them by the doorbell.',
      ),
      replies: [
        {
          name: 'Margaret Dunn',
          handle: 'mdunn_hallbeck',
          time: '12:41',
          text: 'Mine plays Greensleeves. I have apologised.',
          chosen: true,
        },
      ],
    },
    {
      day: -3,
      time: '16:45',
      parts: one(
        'That’s me. Thank you for reading, for the replies, and for the tup photographs. Joseph has the account from Monday: he’s a porter, he walks nine miles a day, and he knows where everything is. #MyWorkingWeek',
      ),
      replies: [
        {
          name: 'Col Hartley',
          handle: 'colhartley61',
          time: '17:05',
          text: 'Come for the milking any time, Ruth. Bring the student.',
        },
      ],
    },
  ],
}

/** What the lead calls Ruth's days before the recap goes out, and what Ruth adds at its end. */
export const RUTHS_RECAP = {
  headings: [
    { day: -7, heading: 'Scraping the windscreen' },
    { day: -6, heading: 'The kettle is part of the kit' },
    { day: -5, heading: 'Two hundred arms before lunch' },
    { day: -4, heading: 'What a wound can tell you' },
    { day: -3, heading: 'Handing back the keys' },
  ],
  looking: {
    heading: 'Looking back',
    text: `I nearly said no. I’m not a writer, and most of what I do can’t be told, because it belongs to somebody else. What I found out is that the part which can be told is bigger than I thought: the roads, the bag, the tea, the waiting.

On Monday I wrote each post three times. By Wednesday, in the hall, I was typing with one thumb and a cotton-wool ball in the other hand, and those were the ones people liked.

What I would tell the next host: write it on the doorstep, not at the desk. You’ll have forgotten the good bit by the desk. Ask people before, not after. And answer the first reply; the others come because of it.`,
  },
}

/** What the account is asked again and again. Helen writes it; what nobody approves yet waits. */
export const STANDARD_ANSWERS = [
  {
    title: 'Advice about somebody’s own health',
    text: 'We can’t talk about anybody’s own care here. Your GP or pharmacist can, and NHS 111 can by day and night: 111.nhs.uk. In an emergency please ring 999.',
    approved: true,
  },
  {
    title: 'How to complain',
    text: 'We’re sorry to hear that. Please write to pals@northdale.example: somebody reads every message, and answers within three working days.',
    approved: false,
  },
]

/** How the account speaks of a week itself: Helen words it while Joseph has the account, and Owen decides what comes of it. */
export const POST_WORDS = {
  introduction: `Good morning from NorthDale! {name} has this account now, {days}.
{role}
The theme: {theme}
Say hello, and ask. {hashtag}`,
  'sign-off': `That was the week of {name} on {account}. Thank you for reading, and for every question!
Next, {next-days}: {next-name}. {hashtag}`,
}

export const JOSEPH: DemoWeek = {
  week: 0,
  host: {
    name: 'Joseph Adeyemi',
    email: 'joseph.adeyemi@northdale.example',
    handle: '',
    job: 'hospital porter',
    organisation: 'NorthDale General',
    biography:
      'Has pushed beds, bloods and birthday cakes through the General for eleven years, and knows where everything is.',
    portrait: 'joseph',
    signOff: '^JA',
  },
  theme: 'Nine miles of corridor',
  why: 'Nobody sees more of a hospital than the people who move it, and on Thursday the General opens its doors to everybody.',
  events: [
    {
      name: 'Open day',
      hashtag: '#NorthDaleOpen',
      place: 'NorthDale General, main entrance',
      day: 3,
      from: '10:00',
      to: '13:00',
    },
  ],
  posts: [
    {
      day: 0,
      time: '09:10',
      parts: one(
        'Morning. Joseph here, porter at the General. This account has my thumbs until Friday. I walk about nine miles a shift, so you’re getting a guided tour. #MyWorkingWeek',
      ),
      replies: [
        {
          name: 'Ruth Ellwood',
          handle: 'ruth_upperdale',
          time: '09:18',
          text: 'You’ll be grand. Answer the first reply!',
          chosen: true,
        },
      ],
    },
    {
      day: 0,
      time: '11:30',
      parts: one(
        'Rule one of portering: you push the bed from the head end, so that the person looks where they’re going and not at me.',
      ),
    },
    {
      day: 0,
      time: '16:40',
      parts: one(
        'What’s the longest you’ve waited for a lift? Mine: fourteen minutes, with a grand piano. It was for the children’s ward, and it was worth it.',
      ),
      replies: [
        {
          name: 'Beds and Bobs',
          handle: 'bedsandbobs',
          time: '17:00',
          text: 'Twenty minutes, 1998, with a wardrobe. I still dream about it.',
          chosen: true,
        },
        {
          name: 'Jo Sellers',
          handle: 'josellers_rn',
          time: '17:12',
          text: 'Nights. Three of us, one tea trolley, a very small fire alarm.',
        },
        {
          name: 'Skelby Shouts',
          handle: 'skelbyshouts',
          time: '17:25',
          text: 'Eleven years of pushing trolleys and proud of it? I know which car in the staff car park is yours.',
          help: {
            time: '17:31',
            note: 'I don’t know who this is, and I don’t like the bit about the car.',
            taken: '17:36',
            closed: '17:52',
            word: 'It is hidden, security has our copy, and they walk you to your car tonight. You were right not to answer.',
          },
        },
      ],
    },
    {
      day: 1,
      time: '08:30',
      parts: [
        {
          text: 'What the lifts know. Number one is fast and has no manners. Number two is for theatres: if the light is on, you wait, whoever you are.',
        },
        { text: 'Number three sulks in wet weather. Number four is kind. I can’t explain it, ask anyone.' },
      ],
    },
    {
      day: 1,
      time: '12:45',
      parts: one('Specimens, pharmacy, post, one lost teddy. The teddy went first, that’s also a rule.'),
      replies: [
        {
          name: 'Gwen Talbot',
          handle: 'gwentalbot',
          time: '13:05',
          text: 'Glad about the teddy. My dad’s dressing came off last night, should we bring him in?',
          standard: { time: '13:12', title: 'Advice about somebody’s own health' },
        },
      ],
    },
    {
      day: 1,
      time: '21:00',
      parts: one(
        'Night staff: what keeps you awake? For me it’s the vending machine on level two, which hums in B flat.',
      ),
    },
    {
      day: 2,
      time: '07:05',
      parts: one(
        'Step counter reset. Yesterday: 21,340. The man who set my target at 10,000 has never worked on a hill.',
      ),
    },
    {
      day: 2,
      time: '08:10',
      parts: one('Question from last night: do we have favourites? Among lifts, yes.'),
      replies: [
        {
          name: 'Chloe Whitfield',
          handle: 'chloe_midwife',
          time: '08:21',
          text: 'It’s number four. We have had two babies in number four.',
          chosen: true,
        },
        {
          name: 'Shirley M',
          handle: 'shirleymakes',
          time: '10:38',
          text: 'My husband is in tomorrow for his hip and he’s frightened of the trolley. Can he walk down instead?',
        },
      ],
    },
    {
      day: 2,
      time: '09:00',
      parts: one(
        'Theatre list is up. First bed of the day goes the long way round, because the long way has the window, and you’d be surprised what a window does for a person.',
      ),
      replies: [
        {
          name: 'Beds and Bobs',
          handle: 'bedsandbobs',
          time: '10:31',
          text: 'Which window? I want to know which window.',
        },
      ],
    },
    {
      day: 2,
      time: '11:15',
      parts: one(
        'What a bed weighs, with and without a person in it: 140 kilos, and then whatever they brought with them. Mostly it’s the worry.',
      ),
    },
    {
      day: 2,
      time: '15:00',
      parts: one(
        'The map I drew in my first week has one corridor that does not exist. I have never found out who told me about it.',
      ),
    },
    {
      day: 2,
      time: '17:30',
      parts: one('Boots off. Tomorrow is the open day: you can come and see for yourselves. #NorthDaleOpen'),
    },
    {
      day: 3,
      time: '08:00',
      parts: one('Doors at ten. Bring a jumper, we’re showing you the basement. #NorthDaleOpen'),
    },
  ],
}

/** What waits in the queue on Wednesday morning: written by Joseph, decided by nobody yet. */
export const IN_QUEUE: DemoPost[] = [
  {
    day: 2,
    time: '12:30',
    parts: [
      {
        text: 'Part of my job is the last walk. When somebody dies on a ward, a porter comes for them. We knock, even though nobody will say come in. We say their name, and where we’re going, and we take the quiet corridor.',
        picture: {
          file: 'corridor',
          alt: 'A porter in a cream polo shirt pushes an empty bed along a wide, pale hospital corridor towards double doors.',
        },
      },
      {
        text: 'There is a form, of course, and I check all of it out loud. It’s not for the paperwork. It’s so that the last thing done for a person in this building is done by somebody who knew who they were.',
      },
    ],
  },
  {
    day: 3,
    time: '13:30',
    parts: one(
      'Two hundred and eleven people in the tunnels, and we counted them out again as well. Thank you for coming. #NorthDaleOpen',
    ),
  },
]

/** Came back with a comment, and with other words that its writer can take. */
export const CAME_BACK: { post: DemoPost; comment: string; suggestion: string } = {
  post: {
    day: 4,
    time: '09:00',
    parts: one(
      'Night shift. The building breathes differently, and so do the porters. By four o’clock even the patients on ward nine are asleep.',
    ),
  },
  comment:
    'Lovely. Please find another way to say the end, so that nobody on ward nine thinks it’s about them.',
  suggestion:
    'Night shift. The building breathes differently, and so do the porters. By four o’clock even the vending machine on level two hums more quietly.',
}

/** Begun, not handed in. */
export const BEGUN: DemoPost[] = [
  { day: 4, time: '12:30', parts: one('Thank you, all of you. Especially') },
  { day: 4, time: '17:30', parts: one('Handing on to Priya, who finds words for people who lost them.') },
]

export const PRIYA: DemoWeek = {
  week: 1,
  host: {
    name: 'Priya Nair',
    email: 'priya.nair@northdale.example',
    handle: '',
    job: 'speech and language therapist',
    organisation: 'NorthDale General',
    biography:
      'People think she teaches pronunciation. Most days she holds up a picture of a kettle and then says nothing for a very long time.',
    portrait: 'priya',
    signOff: '^PN',
  },
  theme: 'Finding the word',
  why: 'A stroke can take a person’s words and leave everything else. Priya spends her days looking for them, with pictures, songs and a great deal of waiting.',
  events: [
    {
      name: 'The choir of people who lost their words',
      hashtag: '#NorthDaleSings',
      place: 'Stroke unit day room',
      day: 10,
      from: '14:00',
      to: '15:30',
    },
  ],
  posts: [],
}

/** Written by Priya before her week opens, in the queue. */
export const PRIYAS_FIRST: DemoPost = {
  day: 7,
  time: '09:00',
  parts: one(
    'Hello from Priya. This week is about the words that go missing, and how they come back. #MyWorkingWeek',
  ),
}

/** Booked and invited, has not answered yet. */
export const TOM: DemoWeek = {
  week: 2,
  host: {
    name: 'Tom Garside',
    email: 'tom.garside@northdale.example',
    handle: '',
    job: 'paramedic',
    organisation: 'NorthDale Ambulance',
    biography: 'Fourteen years in a van with two seats and no windows.',
    portrait: 'tom',
    signOff: '^TG',
  },
  theme: 'The first eight minutes',
  why: 'It is the week before the first winter weekend, when the phone rings most.',
  events: [],
  posts: [],
}

/** Week 3 stays a gap. */
export const MEI: DemoWeek = {
  week: 4,
  host: {
    name: 'Mei Lin Chan',
    email: 'mei.chan@northdale.example',
    handle: '',
    job: 'radiographer',
    organisation: 'NorthDale General',
    biography: 'Says “breathe in, hold it” four hundred times a week.',
    portrait: 'mei',
    signOff: '^MC',
  },
  theme: 'Hold your breath, and breathe',
  why: 'The new scanner opens.',
  events: [],
  posts: [],
}

export const HIATUS = { week: 5, why: 'Winter holidays' }

/** The product's time when the story has been told: the running week's Wednesday. */
export const TOLD_AT = { day: 2, time: '10:42' }
